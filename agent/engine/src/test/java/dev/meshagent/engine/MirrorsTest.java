package dev.meshagent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.Locality;
import dev.meshagent.engine.snapshot.NameTable;
import dev.meshagent.engine.snapshot.NamedService;
import dev.meshagent.engine.snapshot.policy.Destination;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import dev.meshagent.engine.snapshot.policy.Mirror;
import dev.meshagent.engine.snapshot.policy.Route;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Copies of a call, and snapshots that come between two looks at an endpoint. */
final class MirrorsTest {
  private static final int ADMIN = 9090;

  /** Chances between which something else happens. */
  private static final class Interrupted implements Randomness {
    private final Randomness chances = new SeededRandomness(7);
    private Runnable meanwhile = () -> {};

    @Override
    public long nextLong() {
      Runnable due = meanwhile;
      meanwhile = () -> {};
      due.run();
      return chances.nextLong();
    }

    @Override
    public int nextInt(int bound) {
      return chances.nextInt(bound);
    }
  }

  @Test
  void anEndpointThatStopsOfferingThePortWhileItIsChosenGetsNoCopy() {
    Interrupted chances = new Interrupted();
    VirtualClock clock = new VirtualClock();
    Engine engine =
        new Engine(
            clock,
            chances,
            new EngineSettings(
                "default",
                Locality.UNKNOWN,
                Collections.<String, String>emptyMap(),
                clock.nanos() + TimeUnit.SECONDS.toNanos(1)),
            service -> {});
    engine.names(
        NameTable.EMPTY.with(
            Collections.singletonList(NamedService.of(Mesh.ORDERS)), Collections.emptyList()));
    show(engine, 8080, ADMIN);
    assertThat(attempt(engine).mirrors()).extracting(copy -> copy.port).containsExactly(ADMIN);
    Attempt attempt = attempt(engine);
    chances.meanwhile = () -> show(engine, 8080);
    assertThat(attempt.mirrors()).isEmpty();
  }

  private static Attempt attempt(Engine engine) {
    MeshCall call = engine.open("test", TestRequest.get("http://orders/"));
    return (Attempt) call.next();
  }

  private static void show(Engine engine, Integer... numbers) {
    Map<String, Integer> ports = new TreeMap<>();
    for (Integer number : Arrays.asList(numbers)) {
      ports.put(number == ADMIN ? "admin" : "http", number);
    }
    Route.Builder route = new Route.Builder();
    route.mirrors.add(
        new Mirror(new Destination(null, "", ADMIN, 1, HeaderOps.NONE, HeaderOps.NONE), 100));
    Endpoint[] endpoints = {
      Mesh.endpoint("a", Health.READY, 1, "", ports), Mesh.endpoint("b", Health.READY, 1, "", ports)
    };
    engine.snapshot(
        Mesh.snapshot(
            Mesh.ORDERS, new ServicePolicy.Builder().route(route.build()).build(), endpoints));
  }
}
