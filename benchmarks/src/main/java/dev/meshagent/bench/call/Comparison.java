package dev.meshagent.bench.call;

import dev.meshagent.bench.call.client.Library;
import dev.meshagent.bench.system.Median;
import java.util.Locale;

/** One line of the table: a library with the agent and without. Not thread-safe. */
final class Comparison {
  private static final double LEAST_RATIO = 0.95;
  private static final double MOST_BYTES = 600;

  private final Library library;
  private final int threads;
  private final Median ratios = new Median();
  private Caller.Sum without = Caller.Sum.NOTHING;
  private Caller.Sum with = Caller.Sum.NOTHING;

  int threads() {
    return threads;
  }

  Comparison(Library library, int threads) {
    this.library = library;
    this.threads = threads;
  }

  /** Takes in what both did in turns, at about the same time. */
  void add(Caller.Sum plain, Caller.Sum meshed) {
    ratios.add(meshed.perSecond() / plain.perSecond());
    without = without.plus(plain);
    with = with.plus(meshed);
  }

  private double moreBytes() {
    return with.bytesPerCall() - without.bytesPerCall();
  }

  /** True if the agent keeps to both limits. */
  boolean kept() {
    return ratios.value() >= LEAST_RATIO && moreBytes() <= MOST_BYTES;
  }

  static String head() {
    return String.format(
            Locale.ROOT,
            "ratio: calls per second with the agent to those without, median and middle half,"
                + " at least %.2f; bytes: allocated by all threads of the caller per call,"
                + " at most %.0f more%n%n",
            LEAST_RATIO,
            MOST_BYTES)
        + String.format(
            "%-26s %7s  %15s  %21s  %13s  %21s%n",
            "", "", "calls/s", "", "CPU us/call", "bytes/call")
        + String.format(
            "%-26s %7s  %7s %7s  %5s %-15s  %6s %6s  %7s %7s %6s",
            "library", "threads", "without", "with", "ratio", "", "without", "with", "without",
            "with", "more");
  }

  String line() {
    return String.format(
        Locale.ROOT,
        "%-26s %7d  %7.0f %7.0f  %5.3f %-15s  %6.1f %6.1f  %7.0f %7.0f %6.0f  %s",
        library,
        threads,
        without.perSecond(),
        with.perSecond(),
        ratios.value(),
        String.format(Locale.ROOT, "(%.3f to %.3f)", ratios.part(0.25), ratios.part(0.75)),
        without.cpuMicrosPerCall(),
        with.cpuMicrosPerCall(),
        without.bytesPerCall(),
        with.bytesPerCall(),
        moreBytes(),
        verdict());
  }

  private String verdict() {
    if (kept()) {
      return "kept";
    }
    return "MISSED:"
        + (ratios.value() < LEAST_RATIO ? " ratio" : "")
        + (moreBytes() > MOST_BYTES ? " bytes" : "");
  }
}
