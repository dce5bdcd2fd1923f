package dev.meshagent.controller.telemetry;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.HdrHistogram.Histogram;

/**
 * Reads and writes histograms in HdrHistogram's V2 compressed encoding without trusting them: a few
 * bytes from a peer can claim a range that takes gigabytes, so the claim is read before it is
 * believed. Stateless.
 */
public final class Latencies {
  /** V2 compressed: cookie and length. */
  private static final int COMPRESSED_HEADER = 8;

  /** V2: cookie, length, index offset, digits, lowest, highest, ratio. */
  private static final int HEADER = 40;

  private static final int PAYLOAD_AT = 4;
  private static final int DIGITS_AT = 12;
  private static final int HIGHEST_AT = 24;

  /** Somewhat more than an hour of microseconds at three digits takes. */
  private static final int MAX_PAYLOAD = 256 * 1024;

  private static final int MAX_DIGITS = 3;

  /** What agents send: half a percent is finer than latencies are worth. */
  private static final int KEPT_DIGITS = 2;

  /** An hour; agents send ten minutes. */
  private static final long MAX_MICROS = 3_600_000_000L;

  private Latencies() {}

  /** An empty histogram that grows with what is put into it; 2 significant digits. */
  public static Histogram empty() {
    return new Histogram(KEPT_DIGITS);
  }

  /**
   * @throws IOException if the text is no such histogram, or one of a larger range than an hour or
   *     a finer resolution than 3 digits
   */
  public static Histogram decode(String base64) throws IOException {
    byte[] compressed;
    try {
      compressed = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new IOException("not base64: " + e.getMessage(), e);
    }
    if (compressed.length <= COMPRESSED_HEADER) {
      throw new IOException("too short for a histogram: " + compressed.length + " bytes");
    }
    try {
      return Histogram.decodeFromByteBuffer(ByteBuffer.wrap(inflate(compressed)), 0);
    } catch (RuntimeException e) {
      throw new IOException("not a histogram: " + e.getMessage(), e);
    }
  }

  private static byte[] inflate(byte[] compressed) throws IOException {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(compressed, COMPRESSED_HEADER, compressed.length - COMPRESSED_HEADER);
      byte[] header = new byte[HEADER];
      if (fill(inflater, header, 0) < HEADER) {
        throw new IOException("a histogram cut short");
      }
      int payload = payload(ByteBuffer.wrap(header));
      // One more than is claimed, to see whether the claim was true.
      byte[] plain = Arrays.copyOf(header, HEADER + payload + 1);
      int length = fill(inflater, plain, HEADER);
      if (length != HEADER + payload) {
        throw new IOException(
            "a histogram of "
                + (length > HEADER + payload ? "more" : "fewer")
                + " bytes than told");
      }
      return plain;
    } catch (DataFormatException e) {
      throw new IOException("not compressed as HdrHistogram does: " + e.getMessage(), e);
    } finally {
      inflater.end();
    }
  }

  /** Inflates into the array from the place on until it is full or nothing is left. */
  private static int fill(Inflater inflater, byte[] into, int from) throws DataFormatException {
    int length = from;
    while (length < into.length) {
      int read = inflater.inflate(into, length, into.length - length);
      if (read == 0) {
        break;
      }
      length += read;
    }
    return length;
  }

  /** The bytes after the header, if what the header claims can be believed. */
  private static int payload(ByteBuffer header) throws IOException {
    int digits = header.getInt(DIGITS_AT);
    long highest = header.getLong(HIGHEST_AT);
    if (digits < 0 || digits > MAX_DIGITS || highest < 2 || highest > MAX_MICROS) {
      throw new IOException(
          "a histogram of "
              + digits
              + " digits up to "
              + highest
              + " µs; at most "
              + MAX_DIGITS
              + " digits and an hour are taken");
    }
    int payload = header.getInt(PAYLOAD_AT);
    if (payload < 0 || payload > MAX_PAYLOAD) {
      throw new IOException("a histogram of more than " + MAX_PAYLOAD + " bytes");
    }
    return payload;
  }

  /** Packs a histogram for keeping. */
  static byte[] pack(Histogram histogram) {
    ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity() + HEADER);
    int length = histogram.encodeIntoCompressedByteBuffer(buffer, Deflater.BEST_SPEED);
    return Arrays.copyOf(buffer.array(), length);
  }

  /** Adds what {@link #pack} packed. */
  static void addPacked(byte[] packed, Histogram to) {
    try {
      to.add(Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(packed), 0));
    } catch (DataFormatException e) {
      throw new IllegalStateException("packed by this very class", e);
    }
  }
}
