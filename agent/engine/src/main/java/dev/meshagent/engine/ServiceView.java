package dev.meshagent.engine;

import dev.meshagent.engine.balance.Candidates;
import dev.meshagent.engine.balance.EndpointState;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.ServiceSnapshot;
import dev.meshagent.engine.stats.CallStats;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/** A snapshot made ready for calls: who is a candidate on which port. Immutable but for memos. */
final class ServiceView {
  /** Ports that calls name beyond this many are worked out anew each time. */
  private static final int REMEMBERED_PORTS = 64;

  final ServiceSnapshot snapshot;
  final PortRule ports;
  final CallStats stats;
  private final EndpointState[] endpoints;
  private final Candidates unnamed;
  private final ConcurrentHashMap<Integer, Candidates> byPort = new ConcurrentHashMap<>();

  ServiceView(ServiceState service, ServiceSnapshot snapshot, EndpointState[] endpoints) {
    this.snapshot = snapshot;
    this.endpoints = endpoints;
    this.ports = new PortRule(snapshot.ports, snapshot.endpoints);
    this.stats = service.stats.of("", "");
    this.unnamed = candidates(PortRule.UNNAMED);
  }

  /** Who may take a call to that port key. */
  Candidates on(int portKey) {
    if (portKey == PortRule.UNNAMED) {
      return unnamed;
    }
    Candidates known = byPort.get(portKey);
    if (known == null) {
      known = candidates(portKey);
      if (byPort.size() < REMEMBERED_PORTS) {
        byPort.put(portKey, known);
      }
    }
    return known;
  }

  private Candidates candidates(int portKey) {
    List<Candidates.Tier> tiers = new ArrayList<>();
    for (Health health : Health.values()) {
      List<EndpointState> tier = new ArrayList<>();
      for (int i = 0; i < endpoints.length; i++) {
        Endpoint endpoint = snapshot.endpoints.get(i);
        if (endpoint.health == health && ports.target(portKey, endpoint) != PortRule.NONE) {
          tier.add(endpoints[i]);
        }
      }
      if (!tier.isEmpty()) {
        tiers.add(new Candidates.Tier(tier));
      }
    }
    return new Candidates(tiers);
  }

  /** How it stands with the endpoints, for a person: {@code 3 known, 2 ejected, 1 draining}. */
  String standing(long now) {
    int ejected = 0;
    int suspect = 0;
    int draining = 0;
    for (EndpointState state : endpoints) {
      ejected += state.ejection.ejected(now) ? 1 : 0;
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
