package dev.meshagent.engine.resilience;

import java.util.concurrent.TimeUnit;

/** When an endpoint is ejected and for how long, as Istio's {@code outlierDetection}. Immutable. */
public final class EjectionPolicy {
  /** In force where nobody wrote one; docs/policy: Defaults. */
  public static final EjectionPolicy DEFAULT =
      new EjectionPolicy(
          0,
          5,
          5,
          TimeUnit.SECONDS.toNanos(10),
          TimeUnit.SECONDS.toNanos(30),
          TimeUnit.SECONDS.toNanos(300),
          50,
          0);

  /** Consecutive 5xx answers that eject; 0 for never. */
  public final int consecutive5xx;

  /** Consecutive 502, 503 or 504 that eject; 0 for never. */
  public final int consecutiveGateway;

  /** Consecutive failures to connect, resets and timeouts that eject; 0 for never. */
  public final int consecutiveLocal;

  /** How often a healthy interval takes one off the number of ejections, in ns. */
  public final long intervalNanos;

  /** The first ejection, in ns; the n-th lasts n times as long. */
  public final long baseNanos;

  /** The longest ejection, in ns. */
  public final long maxNanos;

  /** At most this share of the endpoints is ejected, in percent, rounded down. */
  public final int maxPercent;

  /** Below this share of endpoints not ejected, in percent, ejections are ignored; 0 for never. */
  public final int minHealthPercent;

  public EjectionPolicy(
      int consecutive5xx,
      int consecutiveGateway,
      int consecutiveLocal,
      long intervalNanos,
      long baseNanos,
      long maxNanos,
      int maxPercent,
      int minHealthPercent) {
    this.consecutive5xx = consecutive5xx;
    this.consecutiveGateway = consecutiveGateway;
    this.consecutiveLocal = consecutiveLocal;
    this.intervalNanos = intervalNanos;
    this.baseNanos = baseNanos;
    this.maxNanos = maxNanos;
    this.maxPercent = maxPercent;
    this.minHealthPercent = minHealthPercent;
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof EjectionPolicy)) {
      return false;
    }
    EjectionPolicy that = (EjectionPolicy) other;
    return consecutive5xx == that.consecutive5xx
        && consecutiveGateway == that.consecutiveGateway
        && consecutiveLocal == that.consecutiveLocal
        && intervalNanos == that.intervalNanos
        && baseNanos == that.baseNanos
        && maxNanos == that.maxNanos
        && maxPercent == that.maxPercent
        && minHealthPercent == that.minHealthPercent;
  }

  @Override
  public int hashCode() {
    return 31 * consecutive5xx + Long.hashCode(baseNanos);
  }
}
