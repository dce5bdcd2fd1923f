package dev.meshagent.instrumentation.okhttp;

import dev.meshagent.spi.drive.Breakable;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;

/**
 * Watches one attempt: learns what it uses, to break off that alone. The call itself goes on:
 * OkHttp could only cancel that for good.
 */
final class Try extends Breakable {
  private Runnable cancel;
  private boolean sending;

  /** A socket is going to be connected for the attempt. */
  Socket connects(Socket socket) throws IOException {
    Runnable closing = () -> close(socket);
    if (!uses(closing, false)) {
      closing.run();
      throw new SocketException("Socket closed");
    }
    return socket;
  }

  /** The attempt is being sent, and can be cancelled so. */
  void sends(Runnable cancelling) {
    if (!uses(cancelling, true)) {
      cancelling.run();
    }
  }

  /** False if it was broken off before. */
  private synchronized boolean uses(Runnable cancelling, boolean sends) {
    if (!hasEnded()) {
      cancel = cancelling;
      sending |= sends;
    }
    return !isBrokenOff();
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException closed) {
      // Then it is closed.
    }
  }

  /** Whether a part of the request may have left. */
  synchronized boolean hasSent() {
    return sending;
  }

  @Override
  protected void ended() {
    cancel = null;
  }

  @Override
  protected void breakOff() {
    if (cancel != null) {
      cancel.run();
    }
  }
}
