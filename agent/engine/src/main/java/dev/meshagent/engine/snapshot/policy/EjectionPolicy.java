package dev.meshagent.engine.snapshot.policy;

import java.util.concurrent.TimeUnit;

/** When an endpoint is ejected and for how long, as Istio's {@code outlierDetection}. Immutable. */
public final class EjectionPolicy extends Value {
  /** In force where nobody wrote one. */
  public static final EjectionPolicy DEFAULT =
      new EjectionPolicy(
          0,
          5,
          0,
          false,
          TimeUnit.SECONDS.toNanos(10),
          TimeUnit.SECONDS.toNanos(30),
          TimeUnit.SECONDS.toNanos(300),
          50,
          0);

  /** Consecutive 5xx answers that eject; 0 for never. */
  public final int consecutive5xx;

  /** Consecutive 502, 503 or 504 that eject; 0 for never. */
  public final int consecutiveGateway;

  /** Consecutive failures without an answer that eject, where they are split; 0 for never. */
  public final int consecutiveLocal;

  /**
   * True if failures without an answer (connect, reset, timeout) are counted by themselves; false
   * if they count as gateway errors, which is Envoy's default.
   */
  public final boolean splitLocal;

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
      boolean splitLocal,
      long intervalNanos,
      long baseNanos,
      long maxNanos,
      int maxPercent,
      int minHealthPercent) {
    this.consecutive5xx = consecutive5xx;
    this.consecutiveGateway = consecutiveGateway;
    this.consecutiveLocal = consecutiveLocal;
    this.splitLocal = splitLocal;
    this.intervalNanos = intervalNanos;
    this.baseNanos = baseNanos;
    this.maxNanos = maxNanos;
    this.maxPercent = maxPercent;
    this.minHealthPercent = minHealthPercent;
  }

  @Override
  protected Object[] fields() {
    return new Object[] {
      consecutive5xx,
      consecutiveGateway,
      consecutiveLocal,
      splitLocal,
      intervalNanos,
      baseNanos,
      maxNanos,
      maxPercent,
      minHealthPercent
    };
  }
}
