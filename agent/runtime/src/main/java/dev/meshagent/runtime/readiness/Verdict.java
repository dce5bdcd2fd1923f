package dev.meshagent.runtime.readiness;

/**
 * Whether a process counts as ready, from how its probe went, time after time. Not thread-safe.
 *
 * <pre>
 *   unknown, not ready ── successThreshold successes on end ─▶ ready
 *   unknown, ready     ── failureThreshold failures on end ──▶ not ready
 * </pre>
 */
final class Verdict {
  private final int successThreshold;
  private final int failureThreshold;

  /** Null as long as nobody knows. */
  private Boolean ready;

  private boolean last;
  private int onEnd;

  /**
   * @param before what another probe found; null if nothing did
   */
  Verdict(Probe probe, Boolean before) {
    this.successThreshold = probe.successThreshold;
    this.failureThreshold = probe.failureThreshold;
    this.ready = before;
  }

  /** Notes how the probe went; true if the verdict is another now. */
  boolean note(boolean passed) {
    onEnd = passed == last ? onEnd + 1 : 1;
    last = passed;
    Boolean before = ready;
    if (onEnd >= (passed ? successThreshold : failureThreshold)) {
      ready = passed;
    }
    return ready != null && !ready.equals(before);
  }

  Boolean ready() {
    return ready;
  }
}
