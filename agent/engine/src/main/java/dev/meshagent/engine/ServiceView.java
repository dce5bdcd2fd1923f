package dev.meshagent.engine;

import dev.meshagent.engine.balance.Candidates;
import dev.meshagent.engine.balance.EndpointState;
import dev.meshagent.engine.balance.Peers;
import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.engine.resilience.Admission;
import dev.meshagent.engine.routing.Router;
import dev.meshagent.engine.routing.Rule;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.Locality;
import dev.meshagent.engine.snapshot.PortRule;
import dev.meshagent.engine.snapshot.ServiceSnapshot;
import dev.meshagent.engine.snapshot.policy.Destination;
import dev.meshagent.engine.snapshot.policy.Limits;
import dev.meshagent.engine.snapshot.policy.Route;
import dev.meshagent.engine.snapshot.policy.Subset;
import dev.meshagent.engine.snapshot.policy.TlsMode;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A snapshot made ready for calls: its rules compiled, its subsets and ports resolved to pools.
 * Built on the thread that brings the snapshot; immutable but for memos.
 */
final class ServiceView {
  /** Ports that calls name beyond this many are worked out anew each time. */
  private static final int REMEMBERED_PORTS = 64;

  final ServiceSnapshot snapshot;
  final PortRule ports;

  private final ServiceState service;
  private final EndpointState[] endpoints;
  private final Locality caller;
  private final Peers peers;
  private final Router router;
  private final CompiledRoute[] routes;
  private final CompiledRoute unrouted;
  private final Map<String, SubsetPools> subsets = new HashMap<>();
  private final SubsetPools whole;

  ServiceView(
      ServiceState service,
      ServiceSnapshot snapshot,
      EndpointState[] endpoints,
      Locality caller,
      Peers peers,
      ServiceView previous) {
    this.service = service;
    this.snapshot = snapshot;
    this.endpoints = endpoints;
    this.caller = caller;
    this.peers = peers;
    this.ports = new PortRule(snapshot.ports, snapshot.endpoints);
    this.router = new Router(snapshot.policy);
    this.routes = new CompiledRoute[snapshot.policy.routes.size()];
    for (int i = 0; i < routes.length; i++) {
      routes[i] = new CompiledRoute(service, snapshot.policy.routes.get(i));
    }
    this.unrouted = new CompiledRoute(service, new Route.Builder().build());
    this.whole = new SubsetPools(null);
    for (Subset subset : snapshot.policy.subsets) {
      subsets.put(subset.name, new SubsetPools(subset));
    }
    if (previous != null) {
      prepareFor(previous);
    }
  }

  /** Builds the pools that calls asked for before, so that no call has to wait for them now. */
  private void prepareFor(ServiceView previous) {
    whole.prepareFor(previous.whole);
    for (Map.Entry<String, SubsetPools> before : previous.subsets.entrySet()) {
      SubsetPools same = subsets.get(before.getKey());
      if (same != null) {
        same.prepareFor(before.getValue());
      }
    }
  }

  Router router() {
    return router;
  }

  /** The route of a rule; of none, where there are no rules at all. */
  CompiledRoute route(Rule rule) {
    return rule == null ? unrouted : routes[rule.routeIndex];
  }

  /** Who may take a call to that subset and port; null if there is no such subset. */
  Pool pool(String subset, int portKey) {
    SubsetPools pools = subset.isEmpty() ? whole : subsets.get(subset);
    return pools == null ? null : pools.on(portKey);
  }

  /** Who may take a request to a destination; null if there is no such subset. */
  Pool pool(Destination destination, RequestHead head) {
    int urlPort = destination.port > 0 ? destination.port : head.port();
    return pool(destination.subset, ports.key(head.scheme(), urlPort));
  }

  /** The pools of one subset, or of the whole service, by port. */
  private final class SubsetPools {
    private final Subset subset;
    private final Pool unnamed;
    private final ConcurrentHashMap<Integer, Pool> byPort = new ConcurrentHashMap<>();

    SubsetPools(Subset subset) {
      this.subset = subset;
      this.unnamed = build(PortRule.UNNAMED);
    }

    Pool on(int portKey) {
      if (portKey == PortRule.UNNAMED) {
        return unnamed;
      }
      Pool known = byPort.get(portKey);
      if (known == null) {
        known = build(portKey);
        if (byPort.size() < REMEMBERED_PORTS) {
          byPort.put(portKey, known);
        }
      }
      return known;
    }

    void prepareFor(SubsetPools before) {
      for (Integer portKey : before.byPort.keySet()) {
        if (!before.on(portKey).candidates.isEmpty()) {
          on(portKey);
        }
      }
    }

    private Pool build(int portKey) {
      TrafficPolicy policy = snapshot.policy.traffic(subset, ports.number(portKey));
      List<EndpointState> members = new ArrayList<>();
      for (int i = 0; i < endpoints.length; i++) {
        Endpoint endpoint = snapshot.endpoints.get(i);
        if ((subset == null || subset.selects(endpoint.labels))
            && ports.target(portKey, endpoint) != PortRule.NONE
            && (policy.tls != TlsMode.ISTIO_MUTUAL || endpoint.tls != null)) {
          members.add(endpoints[i]);
        }
      }
      Admission admission = null;
      if (!policy.limits.equals(Limits.NONE)) {
        admission = service.admission(subset == null ? "" : subset.name, portKey);
        admission.configure(policy.limits);
      }
      return new Pool(
          service,
          new Candidates(members, policy, caller, peers),
          policy,
          admission,
          ports,
          portKey);
    }
  }

  /** How it stands with the endpoints, for a person: {@code 3 known, 2 ejected, 1 draining}. */
  String standing(long now) {
    int ejected = 0;
    int suspect = 0;
    int draining = 0;
    for (EndpointState state : endpoints) {
      ejected += state.ejected(now) ? 1 : 0;
      suspect += state.endpoint().health == Health.SUSPECT ? 1 : 0;
      draining += state.endpoint().health == Health.DRAINING ? 1 : 0;
    }
    return endpoints.length
        + " known"
        + (ejected > 0 ? ", " + ejected + " ejected" : "")
        + (suspect > 0 ? ", " + suspect + " suspect" : "")
        + (draining > 0 ? ", " + draining + " draining" : "");
  }
}
