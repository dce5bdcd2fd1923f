package dev.meshagent.engine.policy;

/** What somebody wrote about calls to one service, in the engine's own terms. Immutable. */
public final class ServicePolicy {
  /** Nobody wrote anything: the defaults hold. */
  public static final ServicePolicy NONE = new ServicePolicy();

  @Override
  public boolean equals(Object other) {
    return other instanceof ServicePolicy;
  }

  @Override
  public int hashCode() {
    return 1;
  }
}
