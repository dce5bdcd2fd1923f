package dev.meshagent.engine.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.snapshot.policy.BalancePolicy;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What moves on a ring when an endpoint goes: measured in arcs, not by drawing keys. */
class HashRingTest {
  private static final int MINIMUM = BalancePolicy.DEFAULT_RING_MINIMUM;
  private static final double CIRCLE = 1L << 39;

  /**
   * About the number of endpoints from which on the ring grows more slowly, powers of two, and
   * 1,000.
   */
  @Provide
  Arbitrary<Integer> small() {
    return Arbitraries.oneOf(
        Arbitraries.of(2, 3, 255, 256, 257, 511, 512, 513, 1_000, 1_021, 1_022),
        Arbitraries.integers().between(2, 1_022));
  }

  @Property(tries = 25)
  void upToAThousandEndpointsNoKeyMovesButThoseOfTheOneThatGoes(
      @ForAll("small") int count, @ForAll long seed) {
    Moved moved = new Moved(count, even(count), new Random(seed));
    assertThat(moved.ofOthers).isZero();
    assertThat(moved.ofTheGone * count).as("keys moved, of 1/n").isLessThan(1.2);
  }

  @Provide
  Arbitrary<Integer> large() {
    return Arbitraries.oneOf(
        Arbitraries.of(1_023, 1_024, 1_025, 2_048, 2_049),
        Arbitraries.integers().between(1_023, 3_000));
  }

  @Property(tries = 15)
  void ofMoreEndpointsFewKeysOfOthersMoveBesides(@ForAll("large") int count, @ForAll long seed) {
    Moved moved = new Moved(count, even(count), new Random(seed));
    // On average the keys of the one that goes are 1/n exactly, so 1.2/n in all.
    assertThat(moved.ofOthers * count).as("keys of others moved, of 1/n").isBetween(0.02, 0.2);
  }

  @Property(tries = 30)
  void amongUnlikeWeightsTheKeysOfOthersThatMoveAreAtMostWhatTheShareStraysFromTheMean(
      @ForAll @IntRange(min = 2, max = 400) int count,
      @ForAll @IntRange(min = 2, max = 20) int heaviest,
      @ForAll long seed) {
    Random random = new Random(seed);
    int[] weights = even(count);
    for (int i = 0; i < count; i++) {
      weights[i] = 1 + random.nextInt(heaviest);
    }
    Moved moved = new Moved(count, weights, random);
    double due = (double) weights[moved.gone] / Arrays.stream(weights).sum();
    double strays = Math.abs(due - 1.0 / count);
    assertThat(moved.ofOthers).isLessThanOrEqualTo(1.3 * strays + 0.1 / count);
  }

  @ParameterizedTest
  @CsvSource({"1, 1024", "2, 1024", "3, 1024", "7, 1", "10, 5000", "3, 100000", "40, 65536"})
  void ringHasAtLeastTheMinimum(int count, int minimum) {
    Random random = new Random(count);
    int[] weights = even(count);
    for (int i = 0; i < count; i++) {
      weights[i] += random.nextInt(9);
    }
    assertThat(ring(hashes(count, random), weights, minimum).size())
        .isGreaterThanOrEqualTo(minimum);
  }

  @ParameterizedTest
  @CsvSource({"100, 8388608", "30000, 1024", "1000000, 1024", "2, 8388608"})
  void ringIsNeverLargerThanEnvoysLargest(int count, int minimum) {
    // One point less than an endpoint may come on top by rounding, and one where it is very light.
    assertThat(HashRing.size(count, minimum) + 2.0 * count)
        .isLessThanOrEqualTo(BalancePolicy.RING_MAXIMUM);
  }

  @Property(tries = 20)
  void aHashFindsTheFirstPointFromItOn(
      @ForAll @IntRange(min = 1, max = 50) int count, @ForAll long seed) {
    Random random = new Random(seed);
    HashRing ring = ring(hashes(count, random), even(count), MINIMUM);
    for (int i = 0; i < 200; i++) {
      long hash = random.nextLong();
      int expected = 0;
      while (expected < ring.size() && ring.place(expected) < hash >>> 25) {
        expected++;
      }
      assertThat(ring.from(hash)).isEqualTo(expected % ring.size());
    }
  }

  private static int[] even(int count) {
    int[] weights = new int[count];
    Arrays.fill(weights, 1);
    return weights;
  }

  private static long[] hashes(int count, Random random) {
    return random.longs(count).sorted().toArray();
  }

  private static HashRing ring(long[] hashes, int[] weights, int minimum) {
    return new HashRing(hashes, weights, minimum);
  }

  /** The parts of the circle that change owners when one endpoint goes. */
  private static final class Moved {
    final int gone;
    final double ofTheGone;
    final double ofOthers;

    Moved(int count, int[] weights, Random random) {
      long[] hashes = hashes(count, random);
      gone = random.nextInt(count);
      long[] leftHashes = new long[count - 1];
      int[] leftWeights = new int[count - 1];
      for (int i = 0; i < count - 1; i++) {
        leftHashes[i] = hashes[i < gone ? i : i + 1];
        leftWeights[i] = weights[i < gone ? i : i + 1];
      }
      HashRing before = ring(hashes, weights, MINIMUM);
      HashRing after = ring(leftHashes, leftWeights, MINIMUM);
      double own = 0;
      double others = 0;
      long from = 0;
      int a = 0;
      int b = 0;
      // From point to point of both rings; what lies after the last ones belongs to the first ones.
      while (from < CIRCLE) {
        long untilA = a < before.size() ? before.place(a) + 1 : (long) CIRCLE;
        long untilB = b < after.size() ? after.place(b) + 1 : (long) CIRCLE;
        long until = Math.min(untilA, untilB);
        int owner = before.owner(a % before.size());
        int heir = after.owner(b % after.size());
        if (owner == gone) {
          own += until - from;
        } else if (owner != (heir < gone ? heir : heir + 1)) {
          others += until - from;
        }
        from = until;
        a += untilA == until ? 1 : 0;
        b += untilB == until ? 1 : 0;
      }
      ofTheGone = own / CIRCLE;
      ofOthers = others / CIRCLE;
    }
  }
}
