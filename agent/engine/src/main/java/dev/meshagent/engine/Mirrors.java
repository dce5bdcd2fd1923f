package dev.meshagent.engine;

import dev.meshagent.engine.balance.EndpointState;
import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.PortRule;
import java.util.ArrayList;
import java.util.List;

/** Makes the copies of a call that its route sends aside. */
final class Mirrors {
  private Mirrors() {}

  /** An attempt for each mirror that is drawn and has somebody to take it. */
  static List<Attempt> of(
      Engine engine, EngineCall call, ServiceState called, CompiledRoute route, long timeoutNanos) {
    List<Attempt> copies = new ArrayList<>();
    for (CompiledRoute.Target mirror : route.mirrors) {
      EngineAttempt copy =
          engine.drawn(mirror.percent) ? copy(engine, call, called, mirror, timeoutNanos) : null;
      if (copy != null) {
        copies.add(copy);
      }
    }
    return copies;
  }

  private static EngineAttempt copy(
      Engine engine,
      EngineCall call,
      ServiceState called,
      CompiledRoute.Target to,
      long timeoutNanos) {
    long now = engine.clock.nanos();
    ServiceState of = to.service == null ? called : engine.wanted(to.service, now);
    ServiceView view = of.view;
    Pool pool = view == null ? null : view.pool(to.destination, call.head);
    if (pool == null || pool.candidates.isEmpty()) {
      return null;
    }
    EndpointState state = pool.candidates.choose(call, engine.random, now);
    Endpoint endpoint = state.endpoint();
    int port = pool.port(state, endpoint);
    if (port == PortRule.NONE) {
      return null; // It stopped offering the port between two snapshots.
    }
    return new EngineAttempt(
        call,
        to,
        state,
        endpoint,
        pool,
        endpoint.address,
        port,
        1,
        timeoutNanos,
        now,
        null,
        null,
        false);
  }
}
