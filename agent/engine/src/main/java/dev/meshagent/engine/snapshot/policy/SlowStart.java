package dev.meshagent.engine.snapshot.policy;

/**
 * A newcomer's weight grows over time: {@code weight × max(least, (age / window) ^ (1 /
 * aggression))}, as Envoy has it. Immutable.
 */
public final class SlowStart extends Value {
  public final long windowNanos;

  /** 1 for a straight line; more to rise faster at first. */
  public final double aggression;

  /** Percent of the weight at the start; Envoy's default is 10. */
  public final double leastPercent;

  public SlowStart(long windowNanos, double aggression, double leastPercent) {
    this.windowNanos = windowNanos;
    this.aggression = aggression;
    this.leastPercent = leastPercent;
  }

  /** The share of its weight that an endpoint of that age has, up to 1. */
  public double factor(long ageNanos) {
    if (ageNanos >= windowNanos) {
      return 1;
    }
    double age = Math.max(0, ageNanos) / (double) windowNanos;
    double risen = aggression == 1 ? age : Math.pow(age, 1 / aggression);
    return Math.max(leastPercent / 100, risen);
  }

  @Override
  protected Object[] fields() {
    return new Object[] {windowNanos, aggression, leastPercent};
  }
}
