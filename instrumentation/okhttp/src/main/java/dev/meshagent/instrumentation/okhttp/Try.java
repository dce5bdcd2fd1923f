package dev.meshagent.instrumentation.okhttp;

import dev.meshagent.spi.drive.Breakable;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import okhttp3.Call;

/**
 * Watches one attempt: learns what it uses, to break off that alone. The call itself goes on:
 * OkHttp could only cancel that for good.
 */
final class Try extends Breakable {
  /** A socket, an exchange, or a call that is made for this attempt alone; null for none. */
  private Object used;

  private boolean sending;

  /** A socket is going to be connected for the attempt. */
  Socket connects(Socket socket) throws IOException {
    if (!uses(socket, false)) {
      cancel(socket);
      throw new SocketException("Socket closed");
    }
    return socket;
  }

  /** The attempt is being sent as that exchange, or as that call. */
  void sends(Object exchange) {
    if (!uses(exchange, true)) {
      cancel(exchange);
    }
  }

  /** False if it was broken off before. */
  private synchronized boolean uses(Object cancellable, boolean sends) {
    if (!hasEnded()) {
      used = cancellable;
      sending |= sends;
    }
    return !isBrokenOff();
  }

  private static void cancel(Object used) {
    if (used instanceof Socket) {
      try {
        ((Socket) used).close();
      } catch (IOException closed) {
        // Then it is closed.
      }
    } else if (used instanceof Call) {
      ((Call) used).cancel();
    } else {
      Exchanges.cancel(used);
    }
  }

  /** Whether a part of the request may have left. */
  synchronized boolean hasSent() {
    return sending;
  }

  @Override
  protected void ended() {
    used = null;
  }

  @Override
  protected void breakOff() {
    if (used != null) {
      cancel(used);
    }
  }
}
