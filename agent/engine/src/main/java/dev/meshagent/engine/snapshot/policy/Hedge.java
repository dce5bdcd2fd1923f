package dev.meshagent.engine.snapshot.policy;

/** A further attempt while the first is still unanswered; the first good answer wins. Immutable. */
public final class Hedge extends Value {
  /** How long the earlier attempt is left alone, in ns; 0 for the observed 95th percentile. */
  public final long delayNanos;

  /** Attempts beside the first. */
  public final int attempts;

  public Hedge(long delayNanos, int attempts) {
    this.delayNanos = delayNanos;
    this.attempts = attempts;
  }

  @Override
  protected Object[] fields() {
    return new Object[] {delayNanos, attempts};
  }
}
