package dev.meshagent.engine.snapshot;

/**
 * What the controller knows of an endpoint; ejection is the caller's own judgement and not here.
 */
public enum Health {
  /** Takes calls. */
  READY,
  /** Its control connection is lost: chosen last, and dropped at the first connect failure. */
  SUSPECT,
  /** Announced its exit: chosen only when nothing else is left. */
  DRAINING
}
