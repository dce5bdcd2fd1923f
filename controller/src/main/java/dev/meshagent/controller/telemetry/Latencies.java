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

  private static final int DIGITS_AT = 12;
  private static final int HIGHEST_AT = 24;

  /** Far more than an hour of microseconds at three digits takes. */
  private static final int MAX_INFLATED = 512 * 1024;

  private static final int MAX_DIGITS = 3;

  /** A day. */
  private static final long MAX_MICROS = 86_400_000_000L;

  private Latencies() {}

  /** An empty histogram that grows with what is put into it; 3 significant digits. */
  public static Histogram empty() {
    return new Histogram(MAX_DIGITS);
  }

  /**
   * @throws IOException if the text is no such histogram, or one of a larger range than a day or a
   *     finer resolution than 3 digits
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
    byte[] plain = inflate(compressed);
    ByteBuffer buffer = ByteBuffer.wrap(plain);
    if (plain.length < HEADER) {
      throw new IOException("too short for a histogram: " + plain.length + " bytes");
    }
    int digits = buffer.getInt(DIGITS_AT);
    long highest = buffer.getLong(HIGHEST_AT);
    if (digits < 0 || digits > MAX_DIGITS || highest < 2 || highest > MAX_MICROS) {
      throw new IOException(
          "a histogram of "
              + digits
              + " digits up to "
              + highest
              + " µs; at most "
              + MAX_DIGITS
              + " digits and a day are taken");
    }
    try {
      return Histogram.decodeFromByteBuffer(buffer, 0);
    } catch (RuntimeException e) {
      throw new IOException("not a histogram: " + e.getMessage(), e);
    }
  }

  private static byte[] inflate(byte[] compressed) throws IOException {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(compressed, COMPRESSED_HEADER, compressed.length - COMPRESSED_HEADER);
      byte[] plain = new byte[MAX_INFLATED];
      int length = 0;
      while (!inflater.finished()) {
        int read = inflater.inflate(plain, length, plain.length - length);
        if (read == 0 && !inflater.finished()) {
          throw new IOException(
              length == plain.length
                  ? "a histogram of more than " + MAX_INFLATED + " bytes"
                  : "a histogram cut short");
        }
        length += read;
      }
      return Arrays.copyOf(plain, length);
    } catch (DataFormatException e) {
      throw new IOException("not compressed as HdrHistogram does: " + e.getMessage(), e);
    } finally {
      inflater.end();
    }
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
