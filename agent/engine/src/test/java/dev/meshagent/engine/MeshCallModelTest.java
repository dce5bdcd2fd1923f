package dev.meshagent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.MeshCall.Verdict;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.NamedService;
import dev.meshagent.engine.snapshot.policy.Destination;
import dev.meshagent.engine.snapshot.policy.Fault;
import dev.meshagent.engine.snapshot.policy.Hedge;
import dev.meshagent.engine.snapshot.policy.Limits;
import dev.meshagent.engine.snapshot.policy.Mirror;
import dev.meshagent.engine.snapshot.policy.Route;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;
import dev.meshagent.engine.stats.IntervalReport;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Explores the orders in which things can happen to calls: late answers after a timeout, cancelling
 * during a backoff, answers of a hedge's loser, snapshots swapped and endpoints removed meanwhile.
 * A small model beside each call says what must hold whatever the order; at the end nothing may be
 * left in flight, no place taken, and each call counted once.
 */
final class MeshCallModelTest {
  private static final int RUNS = 4_000;
  private static final int EVENTS = 60;
  private static final int CALLS = 3;
  private static final int LIMIT = 3;

  @Test
  void whateverTheOrderOfEventsTheContractHolds() {
    for (int seed = 0; seed < RUNS; seed++) {
      try {
        new Run(seed).play();
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  /** A call and what the model knows of it. */
  private static final class Modelled {
    final MeshCall call;
    final List<Attempt> inFlight = new ArrayList<>();
    final List<Attempt> finished = new ArrayList<>();

    /** Suspect endpoints where nobody was, which is no retry. */
    final Set<String> absent = new HashSet<>();

    Attempt delivered;
    Step end;
    boolean cancelled;
    int attempts;
    boolean passed;

    /** True once the call has learned which service it is for. */
    boolean named;

    Modelled(MeshCall call) {
      this.call = call;
    }

    boolean over() {
      return delivered != null || end != null || cancelled;
    }
  }

  private static final class Run {
    private final Random random;
    private final Mesh mesh = new Mesh();
    private final List<Modelled> calls = new ArrayList<>();
    private final List<Endpoint> endpoints = new ArrayList<>();
    private int born;
    private long attempts;

    Run(int seed) {
      random = new Random(seed);
    }

    void play() {
      if (random.nextInt(10) > 0) {
        begin();
      }
      for (int i = 0; i < CALLS; i++) {
        TestRequest request =
            random.nextBoolean()
                ? TestRequest.get("http://orders/")
                : TestRequest.post("http://orders/");
        Modelled call = new Modelled(mesh.open(random.nextInt(5) == 0 ? request.once() : request));
        call.named = born > 0;
        calls.add(call);
      }
      for (int i = 0; i < EVENTS; i++) {
        if (i == 5 && born == 0) {
          begin();
        }
        event();
      }
      windUp();
    }

    private void begin() {
      endpoints.add(Mesh.endpoint("e" + born++));
      endpoints.add(Mesh.endpoint("e" + born++));
      mesh.name(NamedService.of(Mesh.ORDERS));
      swap();
    }

    private void event() {
      Modelled call = calls.get(random.nextInt(CALLS));
      switch (random.nextInt(8)) {
        case 0:
        case 1:
        case 2:
          next(call);
          break;
        case 3:
        case 4:
          finishOne(call);
          break;
        case 5:
          mesh.clock.advance(random.nextInt(60), TimeUnit.MILLISECONDS);
          break;
        case 6:
          if (born > 0 && random.nextInt(3) == 0) {
            change();
          }
          break;
        default:
          if (random.nextInt(4) == 0) {
            call.call.cancel();
            // Before the names are known nobody can say whose call it was, so it is not counted.
            call.passed |= !call.over() && !call.named;
            call.cancelled |= call.delivered == null && call.end == null;
          } else {
            repeat(call);
          }
      }
    }

    private void next(Modelled call) {
      if (call.delivered != null) {
        return;
      }
      Step step = call.call.next();
      call.named |= born > 0;
      if (call.end != null) {
        assertThat(step).as("the end of a call is asked again").isSameAs(call.end);
        return;
      }
      switch (step.kind) {
        case ATTEMPT:
          assertThat(call.over()).as("an attempt of a call that is over").isFalse();
          Attempt attempt = (Attempt) step;
          attempts++;
          call.attempts++;
          assertThat(attempt.number).isEqualTo(call.attempts);
          assertThat(call.attempts)
              .as("one, two retries, one hedge, and one for each suspect that was not there")
              .isLessThanOrEqualTo(4 + call.absent.size());
          call.inFlight.add(attempt);
          for (Attempt mirror : attempt.mirrors()) {
            assertThat(call.call.finish(mirror, outcome())).isEqualTo(Verdict.DISCARD);
          }
          break;
        case WAIT:
          assertThat(((Step.Wait) step).nanos).isPositive();
          break;
        case QUEUE:
          assertThat(((Step.Queue) step).maxNanos).isPositive();
          ((Step.Queue) step).onWake(() -> {});
          break;
        default:
          call.end = step;
          call.passed |= step.kind == Step.Kind.PASS;
      }
    }

    private Outcome outcome() {
      switch (random.nextInt(8)) {
        case 0:
          return Outcome.response(503, random.nextBoolean() ? -1 : 1_000_000);
        case 1:
          return Outcome.response(500, -1);
        case 2:
          return Outcome.failure(
              Failure.values()[1 + random.nextInt(Failure.values().length - 1)], null);
        case 3:
          return Outcome.failure(Failure.CONNECT, null);
        default:
          return Outcome.response(200, -1, random.nextBoolean());
      }
    }

    private void finishOne(Modelled call) {
      if (call.inFlight.isEmpty()) {
        return;
      }
      Attempt attempt = call.inFlight.remove(random.nextInt(call.inFlight.size()));
      boolean wasOver = call.over();
      Outcome outcome = outcome();
      Verdict verdict = call.call.finish(attempt, outcome);
      call.finished.add(attempt);
      if (outcome.failure == Failure.CONNECT && attempt.endpoint.health == Health.SUSPECT) {
        call.absent.add(attempt.endpoint.uid);
      }
      if (wasOver) {
        assertThat(verdict).as("an answer to a call that is over").isEqualTo(Verdict.DISCARD);
        return;
      }
      switch (verdict) {
        case DELIVER:
          call.delivered = attempt;
          break;
        case RETRY:
          assertThat(call.inFlight).as("no retry while another is in flight").isEmpty();
          break;
        default:
          assertThat(outcome.status == 200 && call.inFlight.isEmpty())
              .as("a good answer is not thrown away")
              .isFalse();
      }
    }

    /** What is told twice changes nothing. */
    private void repeat(Modelled call) {
      for (Attempt attempt : call.finished) {
        assertThat(call.call.finish(attempt, outcome())).isEqualTo(Verdict.DISCARD);
        if (attempt != call.delivered || random.nextBoolean()) {
          call.call.release(attempt);
        }
      }
    }

    private void change() {
      if (random.nextInt(3) == 0 && endpoints.size() < 5) {
        endpoints.add(Mesh.endpoint("e" + born++));
      } else if (random.nextInt(3) == 0 && endpoints.size() > 1) {
        endpoints.remove(random.nextInt(endpoints.size()));
      } else if (!endpoints.isEmpty()) {
        int which = random.nextInt(endpoints.size());
        Health health = Health.values()[random.nextInt(3)];
        endpoints.set(which, Mesh.endpoint(endpoints.get(which).uid, health));
      }
      swap();
    }

    private void swap() {
      Route.Builder route = new Route.Builder().name("r");
      route.hedge = random.nextBoolean() ? new Hedge(10_000_000, 1) : null;
      route.timeoutNanos = random.nextBoolean() ? 200_000_000 : 0;
      if (random.nextInt(4) == 0) {
        route.fault = new Fault(50, 5_000_000, 10, 503, 14);
      }
      if (random.nextInt(4) == 0) {
        route.mirrors.add(new Mirror(Destination.subset("", 1), 50));
      }
      ServicePolicy.Builder policy = new ServicePolicy.Builder().route(route.build());
      if (random.nextBoolean()) {
        int connections = random.nextInt(3);
        policy.traffic(TrafficPolicy.DEFAULT.with(new Limits(connections, LIMIT, 1, 1, 0, 0)));
      }
      mesh.policy(policy.build(), endpoints.toArray(new Endpoint[0]));
    }

    /** Lets everything end, and looks for what was left behind. */
    private void windUp() {
      for (Modelled call : calls) {
        while (!call.inFlight.isEmpty()) {
          finishOne(call);
        }
        call.passed |= !call.over() && !call.named;
        call.call.cancel();
        for (Attempt attempt : call.finished) {
          call.call.release(attempt);
        }
      }
      IntervalReport report = mesh.engine.takeInterval();
      for (IntervalReport.EndpointInterval each : report.endpoints) {
        assertThat(each.outstanding).as("in flight at " + each.uid).isZero();
      }
      long counted = 0;
      for (IntervalReport.Series each : report.series) {
        counted += each.count;
      }
      long unnamed = calls.stream().filter(call -> call.passed).count();
      assertThat(counted).as("each call is counted once").isEqualTo(CALLS - unnamed);
      long told = 0;
      for (IntervalReport.ServiceInterval each : report.services) {
        told += each.attempts;
        assertThat(each.calls).isEqualTo(counted);
      }
      assertThat(told).isEqualTo(attempts);
      placesAreFree();
    }

    /** As many calls as the limits allow find a place and a connection, one of them to retry. */
    private void placesAreFree() {
      mesh.policy(
          new ServicePolicy.Builder()
              .traffic(TrafficPolicy.DEFAULT.with(new Limits(LIMIT, LIMIT + 1, 1, 1, 0, 0)))
              .build(),
          Mesh.endpoint("x"),
          Mesh.endpoint("y"));
      for (int i = 0; i < LIMIT; i++) {
        MeshCall call = mesh.open();
        Step step = call.next();
        assertThat(step.kind).as("place " + i).isEqualTo(Step.Kind.ATTEMPT);
        if (i == 0) {
          Verdict verdict = call.finish((Attempt) step, Outcome.failure(Failure.CONNECT, null));
          assertThat(verdict).isEqualTo(Verdict.RETRY);
          mesh.clock.advance(1, TimeUnit.SECONDS);
          assertThat(call.next().kind).as("place of a retry").isEqualTo(Step.Kind.ATTEMPT);
        }
      }
      assertThat(mesh.open().next().kind).as("no connection left").isEqualTo(Step.Kind.QUEUE);
      TestRequest grpc = TestRequest.get("http://orders/shop.Orders/Get").asGrpc();
      assertThat(mesh.open(grpc).next().kind).as("the last place").isEqualTo(Step.Kind.ATTEMPT);
      assertThat(mesh.open(grpc).next().kind).as("no place left").isEqualTo(Step.Kind.FAIL);
    }
  }
}
