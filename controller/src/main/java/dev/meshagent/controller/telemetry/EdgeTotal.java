package dev.meshagent.controller.telemetry;

import java.util.EnumMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** What happened on one edge since the controller knows it. Runs on the loop. */
public final class EdgeTotal {
  /** Upper bounds of the latency buckets in microseconds, those of Prometheus's own default. */
  static final long[] BOUNDS_MICROS = {
    500,
    1_000,
    2_500,
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000
  };

  private final Map<CallOutcome, Long> byOutcome = new EnumMap<>(CallOutcome.class);

  /** Calls per bucket, the last without a bound. */
  private final long[] buckets = new long[BOUNDS_MICROS.length + 1];

  private double sumMicros;

  /** When anything last happened, on the loop's clock. */
  long lastNanos;

  void add(CallOutcome outcome, long calls) {
    byOutcome.merge(outcome, calls, Long::sum);
  }

  void add(Histogram latency) {
    long below = 0;
    for (int i = 0; i < BOUNDS_MICROS.length; i++) {
      long upTo = latency.getCountBetweenValues(0, BOUNDS_MICROS[i]);
      buckets[i] += upTo - below;
      below = upTo;
    }
    buckets[BOUNDS_MICROS.length] += latency.getTotalCount() - below;
    sumMicros += latency.getMean() * latency.getTotalCount();
  }

  public Map<CallOutcome, Long> byOutcome() {
    return byOutcome;
  }

  public long calls() {
    return byOutcome.values().stream().mapToLong(Long::longValue).sum();
  }

  public long failures() {
    return byOutcome.entrySet().stream()
        .filter(entry -> entry.getKey().failure)
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  long[] buckets() {
    return buckets.clone();
  }

  double sumMicros() {
    return sumMicros;
  }
}
