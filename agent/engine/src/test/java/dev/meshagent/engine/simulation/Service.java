package dev.meshagent.engine.simulation;

import dev.meshagent.engine.Engine;
import dev.meshagent.engine.Mesh;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The instances of {@code orders} and the controller that tells callers of them. */
final class Service {
  ServicePolicy policy = ServicePolicy.NONE;

  private final Simulation simulation;

  /** Every server that ever was, since calls in flight may still be at one that left. */
  private final Map<String, Server> known = new LinkedHashMap<>();

  private final Map<String, Endpoint> listed = new LinkedHashMap<>();
  private final List<Engine> subscribers = new ArrayList<>();

  Service(Simulation simulation) {
    this.simulation = simulation;
  }

  /** A server that callers do not know of yet. */
  Server start(ServiceTime time, int workers) {
    return start(Mesh.endpoint("u" + known.size()), time, workers);
  }

  Server start(Endpoint endpoint, ServiceTime time, int workers) {
    Server server = new Server(simulation, endpoint, time, workers);
    known.put(endpoint.uid, server);
    listed.put(endpoint.uid, endpoint);
    return server;
  }

  void drain(Server server) {
    listed.put(server.endpoint.uid, Mesh.endpoint(server.endpoint.uid, Health.DRAINING));
  }

  void remove(Server server) {
    listed.remove(server.endpoint.uid);
  }

  Server server(String uid) {
    return known.get(uid);
  }

  /** Those that are listed. */
  List<Server> servers() {
    List<Server> servers = new ArrayList<>();
    for (String uid : listed.keySet()) {
      servers.add(known.get(uid));
    }
    return servers;
  }

  /** Subscribes an engine and tells it what is listed. */
  void tell(Engine engine) {
    subscribers.add(engine);
    push(engine);
  }

  /** Tells every subscriber what is listed now. */
  void push() {
    for (Engine engine : subscribers) {
      push(engine);
    }
  }

  private void push(Engine engine) {
    engine.snapshot(Mesh.snapshot(Mesh.ORDERS, policy, listed.values().toArray(new Endpoint[0])));
  }

  long attempts() {
    long attempts = 0;
    for (Server server : known.values()) {
      attempts += server.attempts;
    }
    return attempts;
  }
}
