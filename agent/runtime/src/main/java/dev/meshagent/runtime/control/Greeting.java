package dev.meshagent.runtime.control;

import dev.meshagent.engine.snapshot.Locality;
import dev.meshagent.runtime.config.AgentConfig;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** What a process says of itself at the opening of each connection. Immutable. */
public final class Greeting {
  final ProcessIdentity identity;
  final String agentVersion;
  final String namespace;
  final String service;
  final Map<String, String> labels;
  final String locality;

  /** The WorkloadGroup that it is of; empty for none. */
  final String group;

  public Greeting(
      ProcessIdentity identity,
      String agentVersion,
      String namespace,
      String service,
      Map<String, String> labels,
      String locality,
      String group) {
    this.identity = identity;
    this.agentVersion = agentVersion;
    this.namespace = namespace;
    this.service = service;
    this.labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    this.locality = locality;
    this.group = group;
  }

  public static Greeting of(AgentConfig config, ProcessIdentity identity, String agentVersion) {
    return new Greeting(
        identity,
        agentVersion,
        config.namespace,
        config.service,
        config.labels,
        config.locality.equals(Locality.UNKNOWN) ? "" : config.locality.toString(),
        config.group);
  }
}
