package dev.meshagent.instrumentation.okhttp;

import dev.meshagent.spi.Mesh;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.TimeUnit;

/**
 * Watches one attempt: learns what it uses, and breaks it off when its time is over or another
 * attempt has answered. The call itself goes on: OkHttp could only cancel that for good. The timer
 * and the end of the attempt exclude each other, so that a late timer cannot touch the next one.
 */
final class Try implements Runnable {
  private Runnable cancel;
  private boolean ended;
  private boolean brokenOff;
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
    if (!ended) {
      cancel = cancelling;
      sending |= sends;
    }
    return !brokenOff;
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException closed) {
      // Then it is closed.
    }
  }

  /** Null if it may take for ever. */
  Mesh.Timeout breakOffAfter(Mesh mesh, long nanos) {
    return nanos == Long.MAX_VALUE ? null : mesh.schedule(this, nanos, TimeUnit.NANOSECONDS);
  }

  /**
   * The attempt came back.
   *
   * @return whether it had been broken off
   */
  boolean ended(Mesh.Timeout timer) {
    if (timer != null) {
      timer.cancel();
    }
    synchronized (this) {
      ended = true;
      cancel = null;
      return brokenOff;
    }
  }

  synchronized boolean isBrokenOff() {
    return brokenOff;
  }

  /** Whether a part of the request may have left. */
  synchronized boolean hasSent() {
    return sending;
  }

  @Override
  public synchronized void run() {
    if (!ended) {
      brokenOff = true;
      if (cancel != null) {
        cancel.run();
      }
    }
  }
}
