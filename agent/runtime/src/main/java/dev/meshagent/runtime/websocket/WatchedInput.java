package dev.meshagent.runtime.websocket;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;

/**
 * The input of a socket that has a read timeout, such that silence is noticed without losing the
 * place in a frame: at the first timeout the peer is asked for a sign of life, at the second it is
 * given up. Buffered. Used by one thread.
 */
final class WatchedInput extends InputStream {
  private final InputStream in;
  private final Runnable askForLife;
  private final byte[] buffer = new byte[8 << 10];
  private int next;
  private int end;

  WatchedInput(InputStream in, Runnable askForLife) {
    this.in = in;
    this.askForLife = askForLife;
  }

  @Override
  public int read() throws IOException {
    return next < end || fill() ? buffer[next++] & 0xFF : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (next == end && !fill()) {
      return -1;
    }
    int count = Math.min(length, end - next);
    System.arraycopy(buffer, next, target, offset, count);
    next += count;
    return count;
  }

  private boolean fill() throws IOException {
    boolean asked = false;
    for (; ; ) {
      try {
        int count = in.read(buffer);
        next = 0;
        end = Math.max(count, 0);
        return count > 0;
      } catch (SocketTimeoutException e) {
        if (asked) {
          throw new IOException("the controller gave no sign of life", e);
        }
        asked = true;
        askForLife.run();
      }
    }
  }
}
