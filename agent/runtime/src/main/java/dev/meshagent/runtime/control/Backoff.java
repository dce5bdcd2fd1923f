package dev.meshagent.runtime.control;

/**
 * How long to wait before connecting again: quick at first, so that a controller that starts beside
 * the application is found within its first second, then ever slower, and jittered, so that a
 * restarted controller is not met by all agents at once.
 */
final class Backoff {
  static final long FIRST_NANOS = 100_000_000L;
  static final long MAX_NANOS = 5_000_000_000L;
  private static final double FACTOR = 1.5;

  private double nextNanos = FIRST_NANOS;

  /**
   * @param random from 0 to below 1
   * @return ns, between half of this step and all of it
   */
  long next(double random) {
    double step = nextNanos;
    nextNanos = Math.min(MAX_NANOS, nextNanos * FACTOR);
    return (long) (step * (0.5 + random / 2));
  }

  void reset() {
    nextNanos = FIRST_NANOS;
  }
}
