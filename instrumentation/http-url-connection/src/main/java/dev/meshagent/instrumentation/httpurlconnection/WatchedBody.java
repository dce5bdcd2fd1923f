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
    return seen(super.read());
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    return seen(super.read(into, offset, length));
  }

  @Override
  public void close() throws IOException {
    try {
      super.close();
    } finally {
      ended.run();
    }
  }

  private int seen(int read) {
    if (read < 0) {
      ended.run();
    }
    return read;
  }
}
