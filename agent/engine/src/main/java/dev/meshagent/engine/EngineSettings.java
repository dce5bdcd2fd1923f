package dev.meshagent.engine;

import dev.meshagent.engine.snapshot.Locality;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

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

  public EngineSettings(
      String callerNamespace,
      Locality locality,
      Map<String, String> labels,
      long namesDeadlineNanos) {
    this.callerNamespace = callerNamespace;
    this.locality = locality;
    this.labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    this.namesDeadlineNanos = namesDeadlineNanos;
  }
}
