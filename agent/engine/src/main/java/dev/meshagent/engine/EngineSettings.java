package dev.meshagent.engine;

import dev.meshagent.engine.snapshot.Locality;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** What the engine knows of the process it decides for. Immutable. */
public final class EngineSettings {
  /** The namespace in which short names are looked up. */
  public final String callerNamespace;

  /** Where this process runs. */
  public final Locality locality;

  /** This process's own labels, for routes that match on their source. */
  public final Map<String, String> labels;

  /**
   * Until this time of the engine's clock, in ns, a call whose host may be a mesh name waits for
   * the first table of names; later it goes on untouched.
   */
  public final long namesDeadlineNanos;

  /** How long calls wait for a service's first snapshot, in ns from the first that asked for it. */
  public final long snapshotWaitNanos;

  /** With a second to wait for a service's first snapshot. */
  public EngineSettings(
      String callerNamespace,
      Locality locality,
      Map<String, String> labels,
      long namesDeadlineNanos) {
    this(callerNamespace, locality, labels, namesDeadlineNanos, TimeUnit.SECONDS.toNanos(1));
  }

  public EngineSettings(
      String callerNamespace,
      Locality locality,
      Map<String, String> labels,
      long namesDeadlineNanos,
      long snapshotWaitNanos) {
    this.callerNamespace = callerNamespace;
    this.locality = locality;
    this.labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    this.namesDeadlineNanos = namesDeadlineNanos;
    this.snapshotWaitNanos = snapshotWaitNanos;
  }
}
