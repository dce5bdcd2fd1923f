package dev.meshagent.controller.registry;

import dev.meshagent.engine.snapshot.Locality;
import dev.meshagent.engine.snapshot.ServiceId;
import java.util.List;
import java.util.Map;

/**
 * The whole of what a process states about itself as a workload; replaces what it stated before.
 *
 * @param uid identity of the process, drawn at its start
 * @param addresses IP literals, the preferred first; never empty
 * @param ports the primary first; empty when the process serves nothing (any more)
 * @param weight relative share of calls, at least 1
 * @param group the WorkloadGroup of its namespace that it names; empty for none
 * @param ready whether its group's probe passes or, where that is not known yet, whether it was
 *     ready before there was one; means nothing without a probe
 */
public record Registration(
    String uid,
    ServiceId service,
    List<String> addresses,
    List<WorkloadPort> ports,
    int weight,
    Locality locality,
    Map<String, String> labels,
    String group,
    boolean ready) {
  public Registration {
    addresses = List.copyOf(addresses);
    ports = List.copyOf(ports);
    labels = Map.copyOf(labels);
  }

  /** Of no group. */
  public Registration(
      String uid,
      ServiceId service,
      List<String> addresses,
      List<WorkloadPort> ports,
      int weight,
      Locality locality,
      Map<String, String> labels) {
    this(uid, service, addresses, ports, weight, locality, labels, "", false);
  }
}
