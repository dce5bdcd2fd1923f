package dev.meshagent.engine.property;

import static dev.meshagent.engine.Mesh.endpoint;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.Mesh;
import dev.meshagent.engine.TestRequest;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.policy.BalancePolicy;
import dev.meshagent.engine.snapshot.policy.EjectionPolicy;
import dev.meshagent.engine.snapshot.policy.Hedge;
import dev.meshagent.engine.snapshot.policy.Limits;
import dev.meshagent.engine.snapshot.policy.RetryOn;
import dev.meshagent.engine.snapshot.policy.RetryPolicy;
import dev.meshagent.engine.snapshot.policy.Route;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import dev.meshagent.engine.snapshot.policy.TlsMode;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;
import dev.meshagent.engine.stats.IntervalReport;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Drives calls through random orders of events (late answers, cancels, hedges, swapped snapshots,
 * endpoints that go away) beside a model of what an adapter knows. The contract of MeshCall holds
 * after each event, and at the end nothing is left in flight.
 */
class CallModelProperties {
  private static final int RETRIES = 2;
  private static final int HEDGES = 1;
  private static final int MOST_REQUESTS = 3;

  @Property(tries = 1500)
  void anyOrderOfEventsKeepsTheContract(@ForAll long seed) {
    Random random = new Random(seed);
    boolean hedged = random.nextBoolean();
    boolean limited = random.nextBoolean();
    Mesh mesh = Mesh.with();
    ServicePolicy policy = policy(hedged, limited, random.nextBoolean());
    mesh.policy(policy, endpoints(random));
    List<ModelCall> calls = new ArrayList<>();
    for (int event = 0; event < 120; event++) {
      switch (random.nextInt(8)) {
        case 0:
          if (calls.size() < 6) {
            TestRequest request =
                random.nextBoolean()
                    ? TestRequest.get("http://orders/a")
                    : TestRequest.post("http://orders/a").once();
            calls.add(new ModelCall(mesh.open(request), 1 + RETRIES + (hedged ? HEDGES : 0)));
          }
          break;
        case 1:
          mesh.clock.advance(random.nextInt(300), TimeUnit.MILLISECONDS);
          break;
        case 2:
          if (random.nextInt(4) == 0) {
            mesh.policy(policy, endpoints(random));
          }
          break;
        default:
          if (!calls.isEmpty()) {
            calls.get(random.nextInt(calls.size())).act(random);
          }
          break;
      }
      assertCounts(mesh, calls, limited);
    }
    for (ModelCall call : calls) {
      call.abandon();
    }
    assertCounts(mesh, calls, limited);
    // Whatever was waited for or limited, there is room again for as many as the limit allows.
    mesh.clock.advance(400, TimeUnit.SECONDS);
    mesh.policy(policy, endpoint("u0"), endpoint("u1"));
    for (int i = 0; i < MOST_REQUESTS; i++) {
      mesh.attempt(mesh.open());
    }
  }

  /** In flight at the endpoints is what the adapter has not released. */
  private static void assertCounts(Mesh mesh, List<ModelCall> calls, boolean limited) {
    int held = 0;
    for (ModelCall call : calls) {
      held += call.held();
    }
    int outstanding = 0;
    for (IntervalReport.EndpointInterval each : mesh.engine.takeInterval().endpoints) {
      assertThat(each.outstanding).isNotNegative();
      outstanding += each.outstanding;
    }
    // Endpoints that left are in no report, but hold what they held.
    assertThat(outstanding).isLessThanOrEqualTo(held);
    if (limited) {
      assertThat(held).isLessThanOrEqualTo(MOST_REQUESTS);
    }
  }

  private static Endpoint[] endpoints(Random random) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      if (random.nextInt(4) > 0) {
        endpoints.add(endpoint("u" + i));
      }
    }
    return endpoints.toArray(new Endpoint[0]);
  }

  private static ServicePolicy policy(boolean hedged, boolean limited, boolean timed) {
    Route.Builder route = new Route.Builder().name("r");
    route.hedge = hedged ? new Hedge(TimeUnit.MILLISECONDS.toNanos(50), HEDGES) : null;
    route.timeoutNanos = timed ? TimeUnit.SECONDS.toNanos(2) : 0;
    route.retry =
        new RetryPolicy(
            RETRIES,
            EnumSet.of(RetryOn.FIVE_XX),
            Collections.<Integer>emptySet(),
            0,
            TimeUnit.MILLISECONDS.toNanos(25),
            TimeUnit.MILLISECONDS.toNanos(250),
            true,
            false);
    return new ServicePolicy.Builder()
        .route(route.build())
        .traffic(
            new TrafficPolicy(
                BalancePolicy.DEFAULT,
                limited ? new Limits(0, MOST_REQUESTS, 2, 1, 0, 0) : Limits.NONE,
                EjectionPolicy.DEFAULT,
                50,
                10,
                TlsMode.AUTO))
        .build();
  }
}
