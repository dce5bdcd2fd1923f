package dev.meshagent.engine.stats;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * Records latencies from any thread and gives them up interval by interval. It is striped by
 * thread, because a single recorder is one contended word; stripes are made when first used, since
 * each holds tens of KiB.
 */
final class LatencyRecorder {
  static final long HIGHEST_MICROS = 600_000_000L;
  static final int DIGITS = 2;

  private static final int STRIPES =
      Integer.highestOneBit(Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors())));

  private final AtomicReferenceArray<Recorder> stripes = new AtomicReferenceArray<>(STRIPES);
  private final Histogram[] spare = new Histogram[STRIPES];

  void record(long micros) {
    int stripe = STRIPES == 1 ? 0 : stripe();
    Recorder recorder = stripes.get(stripe);
    if (recorder == null) {
      stripes.compareAndSet(stripe, null, new Recorder(1, HIGHEST_MICROS, DIGITS));
      recorder = stripes.get(stripe);
    }
    recorder.recordValue(Math.max(1, Math.min(HIGHEST_MICROS, micros)));
  }

  private static int stripe() {
    long id = Thread.currentThread().getId();
    return (int) (id * 0x9E3779B97F4A7C15L >>> 33) & STRIPES - 1;
  }

  /** What was recorded since the last time, or null if nothing was. One caller at a time. */
  Histogram takeInterval() {
    Histogram sum = null;
    for (int i = 0; i < STRIPES; i++) {
      Recorder recorder = stripes.get(i);
      if (recorder != null) {
        spare[i] = recorder.getIntervalHistogram(spare[i]);
        if (spare[i].getTotalCount() > 0) {
          if (sum == null) {
            sum = new Histogram(1, HIGHEST_MICROS, DIGITS);
          }
          sum.add(spare[i]);
        }
      }
    }
    return sum;
  }
}
