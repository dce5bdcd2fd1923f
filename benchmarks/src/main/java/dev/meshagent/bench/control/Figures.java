package dev.meshagent.bench.control;

import java.util.Collection;

/** Prints what was measured, and remembers whether every limit was kept. Not thread-safe. */
final class Figures {
  private boolean kept = true;

  /** Prints median, 99th percentile and worst of some durations in milliseconds. */
  void millis(String what, Collection<Double> samples) {
    double[] sorted = sorted(samples);
    System.out.printf(
        "%s: median %.0f ms, p99 %.0f ms, worst %.0f ms (%d samples)%n",
        what,
        percentile(sorted, 50),
        percentile(sorted, 99),
        sorted[sorted.length - 1],
        sorted.length);
  }

  /** The nearest sample at or above that share of all, in percent. */
  static double percentile(Collection<Double> samples, int percent) {
    return percentile(sorted(samples), percent);
  }

  private static double percentile(double[] sorted, int percent) {
    return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)];
  }

  private static double[] sorted(Collection<Double> samples) {
    if (samples.isEmpty()) {
      throw new IllegalStateException("nothing was measured");
    }
    return samples.stream().mapToDouble(Double::doubleValue).sorted().toArray();
  }

  void say(String format, Object... values) {
    System.out.printf(format + "%n", values);
  }

  /** Says what is wrong if a limit is not kept. */
  void check(boolean limit, String otherwise) {
    if (!limit) {
      kept = false;
      System.out.println("  NOT KEPT: " + otherwise);
    }
  }

  boolean kept() {
    return kept;
  }
}
