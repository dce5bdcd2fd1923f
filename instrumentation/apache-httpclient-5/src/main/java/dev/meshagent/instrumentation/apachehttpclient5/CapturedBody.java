package dev.meshagent.instrumentation.apachehttpclient5;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.DataStreamChannel;

/**
 * The body of a request, read beforehand so that it can be sent by several attempts at a time: a
 * producer can only be read by one. Immutable.
 */
final class CapturedBody {
  /** In bytes; what is longer is sent once at a time. */
  private static final int LONGEST = 1024 * 1024;

  private final AsyncEntityProducer original;
  private final byte[] bytes;

  private CapturedBody(AsyncEntityProducer original, byte[] bytes) {
    this.original = original;
    this.bytes = bytes;
  }

  /**
   * Reads a body that can be read again.
   *
   * @return null if it is long, has trailers, or is not there yet
   */
  static CapturedBody of(AsyncEntityProducer producer) throws IOException {
    if (!producer.isRepeatable() || producer.getContentLength() > LONGEST) {
      return null;
    }
    Reading reading = new Reading();
    int before;
    do {
      before = reading.read.position();
      producer.produce(reading);
    } while (!reading.ended && !reading.unfit && reading.read.position() > before);
    producer.releaseResources();
    if (!reading.ended || reading.unfit) {
      return null;
    }
    byte[] bytes = new byte[reading.read.position()];
    reading.read.flip();
    reading.read.get(bytes);
    return new CapturedBody(producer, bytes);
  }

  /** A producer of its own for one attempt. */
  AsyncEntityProducer producer() {
    return new Replay(original, ByteBuffer.wrap(bytes).asReadOnlyBuffer());
  }

  private static final class Reading implements DataStreamChannel {
    private static final int FIRST = 8 * 1024;

    ByteBuffer read = ByteBuffer.allocate(FIRST);
    boolean ended;
    boolean unfit;

    @Override
    public void requestOutput() {}

    @Override
    public int write(ByteBuffer source) {
      int count = source.remaining();
      if (read.position() + count > LONGEST) {
        unfit = true;
        return 0;
      }
      while (read.remaining() < count) {
        read.flip();
        read = ByteBuffer.allocate(read.capacity() * 2).put(read);
      }
      read.put(source);
      return count;
    }

    @Override
    public void endStream() {
      ended = true;
    }

    @Override
    public void endStream(List<? extends Header> trailers) {
      ended = true;
      unfit |= trailers != null && !trailers.isEmpty();
    }
  }

  /** Says of itself what the original says. */
  private static final class Replay implements AsyncEntityProducer {
    private final AsyncEntityProducer original;
    private final ByteBuffer left;

    Replay(AsyncEntityProducer original, ByteBuffer left) {
      this.original = original;
      this.left = left;
    }

    @Override
    public boolean isRepeatable() {
      return true;
    }

    @Override
    public void failed(Exception cause) {}

    @Override
    public long getContentLength() {
      return original.getContentLength();
    }

    @Override
    public String getContentType() {
      return original.getContentType();
    }

    @Override
    public String getContentEncoding() {
      return original.getContentEncoding();
    }

    @Override
    public boolean isChunked() {
      return original.isChunked();
    }

    @Override
    public Set<String> getTrailerNames() {
      return original.getTrailerNames();
    }

    @Override
    public int available() {
      return left.remaining();
    }

    @Override
    public void produce(DataStreamChannel channel) throws IOException {
      if (left.hasRemaining()) {
        channel.write(left);
      }
      if (!left.hasRemaining()) {
        channel.endStream();
      }
    }

    @Override
    public void releaseResources() {
      left.rewind();
    }
  }
}
