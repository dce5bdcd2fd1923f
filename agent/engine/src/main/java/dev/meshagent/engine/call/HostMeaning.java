package dev.meshagent.engine.call;

import dev.meshagent.engine.snapshot.ServiceSnapshot;

/**
 * What a host means at one moment, for a library that resolves names ahead of its calls. Immutable.
 */
public final class HostMeaning {
  /** No name of the mesh: the library's own resolution holds. */
  public static final HostMeaning OUTSIDE = new HostMeaning(null, 0);

  /**
   * What the service is; null if the host is no mesh name, or is not known to be one yet. Empty
   * where the snapshot did not come in time and the service must not be called without it: its
   * calls then fail with the engine's message.
   */
  public final ServiceSnapshot snapshot;

  /** How long a better answer may be waited for, in ns; 0: this holds until something changes. */
  public final long undecidedNanos;

  private HostMeaning(ServiceSnapshot snapshot, long undecidedNanos) {
    this.snapshot = snapshot;
    this.undecidedNanos = undecidedNanos;
  }

  public static HostMeaning service(ServiceSnapshot snapshot) {
    return new HostMeaning(snapshot, 0);
  }

  public static HostMeaning undecided(long nanos) {
    return new HostMeaning(null, nanos);
  }
}
