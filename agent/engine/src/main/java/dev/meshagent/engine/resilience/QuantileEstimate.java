package dev.meshagent.engine.resilience;

/**
 * A running estimate of the 95th percentile of latencies in one number: each observation above it
 * pushes it up by nineteen times what one below pushes it down, so that it rests where one in
 * twenty is above ("frugal streaming", Ma et al.). Thread-safe; a lost race loses one observation.
 */
public final class QuantileEstimate {
  private static final double UP = 0.05;
  private static final double DOWN = UP / 19;

  /** Until then the estimate is too rough to act on. */
  private static final int ENOUGH = 100;

  private volatile double nanos;
  private volatile int seen;

  /** Takes in a latency, in ns. */
  public void observe(long latencyNanos) {
    double now = nanos;
    double latency = Math.max(1, latencyNanos);
    nanos = now == 0 ? latency : latency > now ? now * (1 + UP) : now * (1 - DOWN);
    if (seen < ENOUGH) {
      seen = seen + 1;
    }
  }

  /**
   * The estimate in ns, and one step more, so that its wavering does not hedge more than one call
   * in twenty; {@link Long#MAX_VALUE} while too little was seen.
   */
  public long p95Nanos() {
    return seen < ENOUGH ? Long.MAX_VALUE : (long) (nanos * (1 + UP));
  }
}
