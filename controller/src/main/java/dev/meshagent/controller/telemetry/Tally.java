package dev.meshagent.controller.telemetry;

import java.util.EnumMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Calls of one edge within one second, or several put together. Runs on the loop. */
final class Tally {
  final Map<CallOutcome, Long> byOutcome = new EnumMap<>(CallOutcome.class);

  /** Null once packed. */
  private Histogram latencyMicros = Latencies.empty();

  private byte[] packed;

  void add(CallOutcome outcome, long calls) {
    byOutcome.merge(outcome, calls, Long::sum);
  }

  void add(Histogram latency) {
    latencyMicros.add(latency);
  }

  /** A histogram takes some 100 KiB while it grows and about 1 when its second is over. */
  void pack() {
    if (latencyMicros != null) {
      packed = Latencies.pack(latencyMicros);
      latencyMicros = null;
    }
  }

  void addTo(Tally sum) {
    byOutcome.forEach(sum::add);
    if (latencyMicros != null) {
      sum.latencyMicros.add(latencyMicros);
    } else {
      Latencies.addPacked(packed, sum.latencyMicros);
    }
  }

  Histogram latencyMicros() {
    return latencyMicros;
  }

  long calls() {
    return byOutcome.values().stream().mapToLong(Long::longValue).sum();
  }

  long successes() {
    return count(true);
  }

  long failures() {
    return count(false);
  }

  private long count(boolean success) {
    long count = 0;
    for (Map.Entry<CallOutcome, Long> entry : byOutcome.entrySet()) {
      boolean counts = success ? entry.getKey().success : entry.getKey().failure;
      count += counts ? entry.getValue() : 0;
    }
    return count;
  }
}
