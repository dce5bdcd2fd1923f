package dev.meshagent.controller.telemetry;

import java.util.EnumMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Calls of one edge within one second, or several put together. Runs on the loop. */
final class Tally {
  final Map<CallOutcome, Long> byOutcome = new EnumMap<>(CallOutcome.class);

  /** Null once its second is over. */
  private Histogram latencyMicros = Latencies.empty();

  /** Null before that, and where there was no room. */
  private byte[] packed;

  void add(CallOutcome outcome, long calls) {
    byOutcome.merge(outcome, calls, Long::sum);
  }

  void add(Histogram latency) {
    latencyMicros.add(latency);
  }

  /**
   * A histogram takes some 10 KiB while it grows and about 1 when its second is over.
   *
   * @param atMost bytes that it may take; latencies that take more are forgotten
   * @return bytes taken
   */
  int pack(long atMost) {
    packed = Latencies.pack(latencyMicros);
    latencyMicros = null;
    if (packed.length > atMost) {
      packed = null;
      return 0;
    }
    return packed.length;
  }

  void addTo(Tally sum) {
    byOutcome.forEach(sum::add);
    if (latencyMicros != null) {
      sum.latencyMicros.add(latencyMicros);
    } else if (packed != null) {
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
