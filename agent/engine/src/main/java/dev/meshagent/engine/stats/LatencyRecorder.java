package dev.meshagent.engine.stats;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.HdrHistogram.AtomicHistogram;
import org.HdrHistogram.Histogram;

/**
 * Records latencies from any thread and gives them up interval by interval. It is striped by
 * thread, because a single histogram is one contended word; stripes are made when first used, since
 * each holds tens of KiB.
 *
 * <p>A stripe counts for ever, and an interval is the difference to what it had counted before:
 * HdrHistogram's own Recorder swaps two histograms instead, and each recording pays for the swap.
 */
final class LatencyRecorder {
  static final long HIGHEST_MICROS = 600_000_000L;
  static final int DIGITS = 2;

  private static final int STRIPES =
      Integer.highestOneBit(Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors())));

  private final AtomicReferenceArray<AtomicHistogram> stripes = new AtomicReferenceArray<>(STRIPES);
  private final Histogram[] taken = new Histogram[STRIPES];

  void record(long micros) {
    int stripe = STRIPES == 1 ? 0 : stripe();
    AtomicHistogram histogram = stripes.get(stripe);
    if (histogram == null) {
      stripes.compareAndSet(stripe, null, new AtomicHistogram(1, HIGHEST_MICROS, DIGITS));
      histogram = stripes.get(stripe);
    }
    histogram.recordValue(Math.max(1, Math.min(HIGHEST_MICROS, micros)));
  }

  private static int stripe() {
    long id = Thread.currentThread().getId();
    return (int) (id * 0x9E3779B97F4A7C15L >>> 33) & STRIPES - 1;
  }

  /** What was recorded since the last time, or null if nothing was. One caller at a time. */
  Histogram takeInterval(Scratch scratch) {
    Histogram sum = null;
    for (int i = 0; i < STRIPES; i++) {
      AtomicHistogram counted = stripes.get(i);
      if (counted == null
          || taken[i] != null && counted.getTotalCount() == taken[i].getTotalCount()) {
        continue;
      }
      Histogram now = scratch.take();
      now.add(counted);
      if (sum == null) {
        sum = new Histogram(1, HIGHEST_MICROS, DIGITS);
      }
      sum.add(now);
      if (taken[i] != null) {
        sum.subtract(taken[i]);
        scratch.giveBack(taken[i]);
      }
      taken[i] = now;
    }
    return sum == null || sum.getTotalCount() == 0 ? null : sum;
  }
}
