package dev.meshagent.controller.compile;

import dev.meshagent.controller.store.PolicySet;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.ServiceId;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The whole mesh as it is, or would be, under one policy. Immutable. */
final class Moment {
  private final Policies policies;

  /** By service and uid. */
  private final Map<ServiceId, Map<String, Endpoint>> endpoints = new TreeMap<>();

  private final Set<ServiceId> services;

  Moment(PolicySet set, Audience audience) {
    Membership membership = Membership.of(set, audience.names());
    audience.workloads().forEach(workload -> membership.of(workload).forEach(this::put));
    membership.declared().forEach((id, list) -> list.forEach(endpoint -> put(id, endpoint)));
    services = new TreeSet<>(endpoints.keySet());
    audience.calls().forEach(calls -> services.add(calls.called()));
    policies = Policies.of(set, services);
    services.addAll(policies.declared());
  }

  private void put(ServiceId id, Endpoint endpoint) {
    endpoints.computeIfAbsent(id, i -> new TreeMap<>()).put(endpoint.uid, endpoint);
  }

  Policies policies() {
    return policies;
  }

  /** Those that have an endpoint, are declared, or are called. */
  Set<ServiceId> services() {
    return services;
  }

  Map<String, Endpoint> endpoints(ServiceId id) {
    return endpoints.getOrDefault(id, Map.of());
  }

  boolean knows(ServiceId id, Caller caller) {
    return services.contains(id) && policies.visible(id, caller.namespace());
  }
}
