package dev.meshagent.engine.stats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.Mesh;
import dev.meshagent.engine.TestRequest;
import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.NamedService;
import dev.meshagent.engine.snapshot.policy.Match;
import dev.meshagent.engine.snapshot.policy.Route;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import dev.meshagent.engine.snapshot.policy.StringMatch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is learned and counted must stay small beside the application. */
final class StatsMemoryTest {
  private static final long BOUND_BYTES = 8L << 20;

  @Test
  void aThousandEndpointsAndAHundredRoutesOfWhichTwentyAreUsedFitInEightMegabytes()
      throws InterruptedException {
    Endpoint[] endpoints = new Endpoint[1000];
    for (int i = 0; i < endpoints.length; i++) {
      endpoints[i] = Mesh.endpoint("endpoint-" + i);
    }
    ServicePolicy.Builder policy = new ServicePolicy.Builder();
    for (int i = 0; i < 100; i++) {
      policy.route(
          new Route.Builder()
              .name("route-" + i)
              .match(new Match.Builder().path(StringMatch.prefix("/r" + i + "/")).build())
              .build());
    }
    ServicePolicy built = policy.build();
    // What loading classes costs is not to be counted.
    List<Mesh> kept = new ArrayList<>();
    kept.add(used(built, endpoints));
    long before = heap();
    kept.add(used(built, endpoints));
    long grown = heap() - before;
    System.out.printf(
        "1,000 endpoints, 100 routes, 20 in use: %.2f MB (at most 8)%n", grown / 1048576.0);
    assertThat(grown).isLessThan(BOUND_BYTES);
    assertThat(kept).hasSize(2);
  }

  /** Each of twenty routes with answers of two kinds, from several threads and to the telemetry. */
  private static Mesh used(ServicePolicy policy, Endpoint[] endpoints) throws InterruptedException {
    Mesh mesh = new Mesh();
    mesh.name(NamedService.of(Mesh.ORDERS));
    mesh.policy(policy, endpoints);
    for (int threads = 0; threads < 8; threads++) {
      Thread thread = new Thread(() -> callAll(mesh));
      thread.start();
      thread.join();
    }
    mesh.engine.takeInterval();
    return mesh;
  }

  private static void callAll(Mesh mesh) {
    for (int i = 0; i < 2_000; i++) {
      MeshCall call = mesh.open(TestRequest.get("http://orders/r" + i % 20 + "/x"));
      Attempt attempt = mesh.attempt(call);
      mesh.answer(call, attempt, i % 2 == 0 ? 200 : 404, 1 + i % 50);
    }
  }

  private static long heap() {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }
}
