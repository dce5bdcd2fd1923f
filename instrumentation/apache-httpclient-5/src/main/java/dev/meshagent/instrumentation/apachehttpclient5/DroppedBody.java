package dev.meshagent.instrumentation.apachehttpclient5;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.apache.hc.core5.http.nio.CapacityChannel;

/**
 * Reads a body that nobody wants, so that its connection can be kept; a long one is not worth it,
 * and breaks the exchange off.
 */
final class DroppedBody implements AsyncDataConsumer {
  /** In bytes. */
  private static final int LONGEST = 64 * 1024;

  private int read;

  @Override
  public void updateCapacity(CapacityChannel channel) throws IOException {
    channel.update(Integer.MAX_VALUE);
  }

  @Override
  public void consume(ByteBuffer bytes) throws IOException {
    read += bytes.remaining();
    bytes.position(bytes.limit());
    if (read > LONGEST) {
      throw new IOException("a response that is not wanted has more than " + LONGEST + " bytes");
    }
  }

  @Override
  public void streamEnd(List<? extends Header> trailers) {}

  @Override
  public void releaseResources() {}
}
