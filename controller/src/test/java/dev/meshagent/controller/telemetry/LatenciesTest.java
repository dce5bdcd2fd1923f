package dev.meshagent.controller.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.zip.Deflater;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

final class LatenciesTest {
  private static String encode(Histogram histogram) {
    ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity() + 64);
    int length = histogram.encodeIntoCompressedByteBuffer(buffer);
    return Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), length));
  }

  @Test
  void whatHdrHistogramWritesIsRead() throws IOException {
    for (int digits = 1; digits <= 3; digits++) {
      Histogram histogram = new Histogram(60_000_000L, digits);
      histogram.recordValue(812);
      histogram.recordValueWithCount(60_000_000L, 3);
      assertThat(Latencies.decode(encode(histogram))).isEqualTo(histogram);
    }
  }

  @Test
  void aClaimToAHugeRangeIsRefusedBeforeItIsBelieved() {
    for (long highest : new long[] {Long.MAX_VALUE / 2, 86_400_000_000L}) {
      Histogram huge = new Histogram(highest, 3);
      assertThatThrownBy(() -> Latencies.decode(encode(huge)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("an hour");
    }
  }

  /** The header of a histogram of two digits up to a minute, and then very many zeros. */
  private static String bomb(int claimedPayload) {
    byte[] plain = new byte[64 * 1024 * 1024];
    ByteBuffer header = ByteBuffer.wrap(plain);
    new Histogram(60_000_000L, 2).encodeIntoByteBuffer(header);
    header.putInt(4, claimedPayload);
    Deflater deflater = new Deflater();
    deflater.setInput(plain);
    deflater.finish();
    byte[] bomb = new byte[256 * 1024];
    int length = deflater.deflate(bomb, 8, bomb.length - 8);
    deflater.end();
    return Base64.getEncoder().encodeToString(Arrays.copyOf(bomb, length + 8));
  }

  @Test
  void aBombIsRefusedBeItHonestOrNot() {
    for (int claimed : new int[] {64 * 1024 * 1024 - 40, 100, 0, -1}) {
      assertThatThrownBy(() -> Latencies.decode(bomb(claimed)))
          .as("claims " + claimed)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("more");
    }
  }

  @Test
  void anyCorruptionIsAnIoExceptionAndNothingElse() {
    Histogram histogram = new Histogram(3);
    Random random = new Random(11);
    for (int i = 0; i < 500; i++) {
      histogram.recordValue(random.nextInt(1_000_000));
    }
    byte[] good = Base64.getDecoder().decode(encode(histogram));
    for (int i = 0; i < 5000; i++) {
      byte[] bad =
          Arrays.copyOf(good, random.nextInt(20) == 0 ? random.nextInt(good.length) : good.length);
      for (int flips = random.nextInt(4); flips > 0 && bad.length > 0; flips--) {
        bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      }
      try {
        Latencies.decode(Base64.getEncoder().encodeToString(bad));
      } catch (IOException expected) {
        assertThat(expected.getMessage()).isNotEmpty();
      }
    }
  }
}
