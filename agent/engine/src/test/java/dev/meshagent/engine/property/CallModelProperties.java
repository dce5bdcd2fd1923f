package dev.meshagent.engine.property;

import static dev.meshagent.engine.Mesh.endpoint;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.Mesh;
import dev.meshagent.engine.TestRequest;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.MeshCall.Verdict;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
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
import dev.meshagent.engine.stats.OutcomeClass;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
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
  private static final long TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  @Property(tries = 1500)
  void anyOrderOfEventsKeepsTheContract(@ForAll long seed) {
    Random random = new Random(seed);
    boolean hedged = random.nextBoolean();
    boolean limited = random.nextBoolean();
    Mesh mesh = Mesh.with();
    boolean timed = random.nextBoolean();
    boolean broke = random.nextInt(4) == 0;
    ServicePolicy policy = policy(hedged, limited, timed, broke ? 0 : 50, broke ? 0 : 10);
    Endpoint[] listed = endpoints(random);
    mesh.policy(policy, listed);
    List<ModelCall> calls = new ArrayList<>();
    long counted = 0;
    for (int event = 0; event < 120; event++) {
      switch (random.nextInt(8)) {
        case 0:
          if (calls.size() < 6) {
            TestRequest request =
                random.nextBoolean()
                    ? TestRequest.get("http://orders/a")
                    : TestRequest.post("http://orders/a").once();
            int most = broke ? 1 : 1 + RETRIES + (hedged ? HEDGES : 0);
            calls.add(new ModelCall(mesh, request, most, timed ? TIMEOUT_NANOS : Long.MAX_VALUE));
          }
          break;
        case 1:
          mesh.clock.advance(random.nextInt(300), TimeUnit.MILLISECONDS);
          break;
        case 2:
          if (random.nextInt(4) == 0) {
            listed = endpoints(random);
            mesh.policy(policy, listed);
            Set<String> left = uids(listed);
            calls.forEach(call -> call.swapped(left));
          }
          break;
        default:
          if (!calls.isEmpty()) {
            calls.get(random.nextInt(calls.size())).act(random, available(mesh, listed));
          }
          break;
      }
      counted += assertCounts(mesh, calls, limited);
    }
    for (ModelCall call : calls) {
      call.abandon();
    }
    counted += assertCounts(mesh, calls, limited);
    assertThat(counted)
        .as("calls counted as anything but failed")
        .isLessThanOrEqualTo(calls.size());
    // Whatever was waited for or limited, there is room again for as many as the limit allows.
    mesh.clock.advance(400, TimeUnit.SECONDS);
    mesh.policy(policy(hedged, limited, timed, 100, 10), endpoint("u0"), endpoint("u1"));
    MeshCall retried = mesh.open();
    assertThat(retried.finish(mesh.attempt(retried), Outcome.failure(Failure.CONNECT, null)))
        .as("a place among the retries")
        .isEqualTo(Verdict.RETRY);
    mesh.attempt(retried);
    for (int i = 1; i < MOST_REQUESTS; i++) {
      mesh.attempt(mesh.open());
    }
    if (limited) {
      assertThat(mesh.open().next().kind).as("beyond the limit").isEqualTo(Step.Kind.QUEUE);
    }
  }

  private static Set<String> available(Mesh mesh, Endpoint[] listed) {
    Set<String> available = uids(listed);
    for (IntervalReport.EndpointInterval each : mesh.engine.takeInterval().endpoints) {
      // What has just come back from an ejection may be probed by another call.
      if (each.ejected || each.outstanding > 0) {
        available.remove(each.uid);
      }
    }
    return available;
  }

  private static Set<String> uids(Endpoint[] endpoints) {
    Set<String> uids = new TreeSet<>();
    for (Endpoint endpoint : endpoints) {
      uids.add(endpoint.uid);
    }
    return uids;
  }

  /**
   * In flight at the endpoints is what the adapter has not released. Returns how many calls ended
   * but with failure, which one whose answer broke is counted as besides.
   */
  private static long assertCounts(Mesh mesh, List<ModelCall> calls, boolean limited) {
    int held = 0;
    for (ModelCall call : calls) {
      held += call.held();
    }
    int outstanding = 0;
    IntervalReport report = mesh.engine.takeInterval();
    for (IntervalReport.EndpointInterval each : report.endpoints) {
      assertThat(each.outstanding).isNotNegative();
      outstanding += each.outstanding;
    }
    // Endpoints that left are in no report, but hold what they held.
    assertThat(outstanding).isLessThanOrEqualTo(held);
    if (limited) {
      assertThat(held).isLessThanOrEqualTo(MOST_REQUESTS);
    }
    return report.series.stream()
        .filter(each -> each.outcome != OutcomeClass.FAILURE)
        .mapToLong((IntervalReport.Series each) -> each.count)
        .sum();
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

  private static ServicePolicy policy(
      boolean hedged, boolean limited, boolean timed, double budgetPercent, double freePerSecond) {
    Route.Builder route = new Route.Builder().name("r");
    route.hedge = hedged ? new Hedge(TimeUnit.MILLISECONDS.toNanos(50), HEDGES) : null;
    route.timeoutNanos = timed ? TIMEOUT_NANOS : 0;
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
                budgetPercent,
                freePerSecond,
                TlsMode.AUTO))
        .build();
  }
}
