package dev.meshagent.engine.snapshot;

/** What becomes of a call to a service when something fails inside the agent. */
public enum OnAgentError {
  /** The call goes on untouched, as if there were no agent. */
  PASSTHROUGH,
  /** The call fails: the service requires encryption, or denies by default. */
  FAIL
}
