package dev.meshagent.instrumentation.httpurlconnection;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A body that ends with its connection, seen to its end: of such a one the library tells nobody.
 */
final class WatchedBody extends FilterInputStream {
  private final Runnable ended;

  WatchedBody(InputStream body, Runnable ended) {
    super(body);
    this.ended = ended;
  }

  @Override
  public int read() throws IOException {
    boolean more = false;
    try {
      int octet = super.read();
      more = octet >= 0;
      return octet;
    } finally {
      seen(more);
    }
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    boolean more = false;
    try {
      int read = super.read(into, offset, length);
      more = read >= 0;
      return read;
    } finally {
      seen(more);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      super.close();
    } finally {
      ended.run();
    }
  }

  private void seen(boolean more) {
    if (!more) {
      ended.run();
    }
  }
}
