package dev.meshagent.engine;

import static dev.meshagent.engine.Mesh.ORDERS;
import static dev.meshagent.engine.Mesh.endpoint;
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
import dev.meshagent.engine.snapshot.policy.BalancePolicy;
import dev.meshagent.engine.snapshot.policy.EjectionPolicy;
import dev.meshagent.engine.snapshot.policy.Hedge;
import dev.meshagent.engine.snapshot.policy.Limits;
import dev.meshagent.engine.snapshot.policy.RetryPolicy;
import dev.meshagent.engine.snapshot.policy.Route;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import dev.meshagent.engine.snapshot.policy.TlsMode;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;
import dev.meshagent.engine.stats.IntervalReport;
import dev.meshagent.engine.stats.OutcomeClass;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Which further attempts a call gets, and what they are taken out of. */
final class RepeatedCallTest {
  private static final Outcome REFUSED = Outcome.failure(Failure.CONNECT, null);
  private static final Outcome RESET = Outcome.failure(Failure.RESET, null);
  private static final Outcome NOBODY_WAITS = Outcome.last(Failure.TIMEOUT, null);

  private static Mesh mesh(ServicePolicy.Builder policy, Endpoint... endpoints) {
    Mesh mesh = new Mesh();
    mesh.name(NamedService.of(ORDERS));
    mesh.policy(policy.build(), endpoints);
    return mesh;
  }

  private static ServicePolicy.Builder retries(int retries, Hedge hedge) {
    Route.Builder route = new Route.Builder();
    RetryPolicy of = RetryPolicy.DEFAULT;
    route.retry =
        new RetryPolicy(
            retries,
            of.conditions,
            of.statuses,
            0,
            of.backoffBaseNanos,
            of.backoffMaxNanos,
            of.avoidPrevious,
            false);
    route.hedge = hedge;
    return new ServicePolicy.Builder().route(route.build());
  }

  /** A budget that grants no retry at all. */
  private static TrafficPolicy broke() {
    return new TrafficPolicy(
        BalancePolicy.DEFAULT, Limits.NONE, EjectionPolicy.DEFAULT, 0, 0, TlsMode.AUTO);
  }

  private static Endpoint suspect(String uid) {
    return endpoint(uid, Health.SUSPECT);
  }

  private static void hedgeIsDue(Mesh mesh) {
    mesh.clock.advance(20, TimeUnit.MILLISECONDS);
  }

  private static Hedge hedges(int attempts) {
    return new Hedge(TimeUnit.MILLISECONDS.toNanos(20), attempts);
  }

  @Test
  void whereTheApplicationWaitsNoLongerTheEndpointIsBlamedAndNothingIsTriedAgain() {
    Mesh mesh = Mesh.with(endpoint("a"), endpoint("b"));
    for (int timeouts = 0; timeouts < 5; ) {
      MeshCall call = mesh.open();
      Attempt attempt = mesh.attempt(call);
      if (attempt.endpoint.uid.equals("a")) {
        assertThat(call.finish(attempt, NOBODY_WAITS)).isEqualTo(Verdict.DELIVER);
        call.cancel();
        timeouts++;
      } else {
        mesh.answer(call, attempt, 200, 1);
      }
    }
    IntervalReport report = mesh.engine.takeInterval();
    assertThat(report.endpoints).allSatisfy(each -> assertThat(each.outstanding).isZero());
    assertThat(report.endpoints)
        .filteredOn(each -> each.ejected)
        .extracting(each -> each.uid)
        .containsExactly("a");
    assertThat(report.services.get(0).retries).isZero();
    assertThat(report.series)
        .filteredOn(series -> series.outcome == OutcomeClass.FAILURE)
        .extracting(series -> series.count)
        .containsExactly(5L);
  }

  @Test
  void aTimeoutOfTheApplicationsLeavesTheBudgetToThoseWhoWait() {
    Mesh mesh =
        mesh(
            new ServicePolicy.Builder()
                .traffic(
                    new TrafficPolicy(
                        BalancePolicy.DEFAULT,
                        Limits.NONE,
                        EjectionPolicy.DEFAULT,
                        0,
                        0.1, // One in ten seconds.
                        TlsMode.AUTO)),
            endpoint("a"),
            endpoint("b"));
    for (int i = 0; i < 3; i++) {
      MeshCall impatient = mesh.open();
      impatient.finish(mesh.attempt(impatient), NOBODY_WAITS);
      impatient.cancel();
    }
    MeshCall patient = mesh.open();
    assertThat(patient.finish(mesh.attempt(patient), RESET)).isEqualTo(Verdict.RETRY);
    MeshCall late = mesh.open();
    assertThat(late.finish(mesh.attempt(late), RESET)).isEqualTo(Verdict.DELIVER);
  }

  @Test
  void aTimeoutOfTheApplicationsEndsTheHedgesToo() {
    Mesh mesh = mesh(retries(2, hedges(1)), endpoint("a"), endpoint("b"));
    MeshCall call = mesh.open();
    Attempt first = mesh.attempt(call);
    hedgeIsDue(mesh);
    Attempt second = (Attempt) call.next();
    assertThat(call.finish(first, NOBODY_WAITS)).isEqualTo(Verdict.DELIVER);
    assertThat(call.finish(second, Outcome.response(200, -1))).isEqualTo(Verdict.DISCARD);
    IntervalReport report = mesh.engine.takeInterval();
    assertThat(report.endpoints).allSatisfy(each -> assertThat(each.outstanding).isZero());
    assertThat(report.series).extracting(series -> series.count).containsExactly(1L);
  }

  @Test
  void hedgesThatWereNotStartedAreNoFurtherRetries() {
    Mesh mesh = mesh(retries(1, hedges(3)), endpoint("a"), endpoint("b"), endpoint("c"));
    MeshCall call = mesh.open();
    assertThat(call.finish(mesh.attempt(call), RESET)).isEqualTo(Verdict.RETRY);
    assertThat(call.finish(mesh.attempt(call), RESET)).isEqualTo(Verdict.DELIVER);
  }

  @Test
  void aHedgeTakesNothingFromTheRetries() {
    Mesh mesh = mesh(retries(1, hedges(1)), endpoint("a"), endpoint("b"), endpoint("c"));
    MeshCall call = mesh.open();
    Attempt first = mesh.attempt(call);
    hedgeIsDue(mesh);
    Attempt second = (Attempt) call.next();
    assertThat(call.finish(first, RESET)).isEqualTo(Verdict.DISCARD);
    assertThat(call.finish(second, RESET)).isEqualTo(Verdict.RETRY);
    assertThat(call.finish(mesh.attempt(call), RESET)).isEqualTo(Verdict.DELIVER);
  }

  @Test
  void suspectEndpointsWhereNobodyIsAreNoRetries() {
    Mesh mesh = Mesh.with(suspect("a"), suspect("b"), suspect("c"), suspect("d"), suspect("e"));
    MeshCall call = mesh.open();
    Set<String> tried = new HashSet<>();
    for (int i = 0; i < 4; i++) {
      Attempt attempt = mesh.attempt(call);
      tried.add(attempt.endpoint.uid);
      assertThat(call.finish(attempt, REFUSED)).isEqualTo(Verdict.RETRY);
    }
    Step last = call.next(); // Without a backoff.
    assertThat(last.kind).isEqualTo(Step.Kind.ATTEMPT);
    tried.add(((Attempt) last).endpoint.uid);
    assertThat(tried).hasSize(5);
    assertThat(mesh.answer(call, (Attempt) last, 200, 1)).isEqualTo(Verdict.DELIVER);
  }

  @Test
  void whereNoSuspectIsThereTheRetriesAreLeftAndThenItFails() {
    Mesh mesh = Mesh.with(suspect("a"), suspect("b"), suspect("c"), suspect("d"));
    MeshCall call = mesh.open();
    int attempts = 0;
    for (; ; ) {
      Step step = call.next();
      if (step instanceof Step.Wait) {
        mesh.clock.advance(((Step.Wait) step).nanos, TimeUnit.NANOSECONDS);
      } else if (step.kind == Step.Kind.ATTEMPT) {
        attempts++;
        call.finish((Attempt) step, REFUSED);
      } else {
        assertThat(step.kind).isEqualTo(Step.Kind.FAIL);
        break;
      }
    }
    assertThat(attempts).as("the four, of which the last may be retried twice").isEqualTo(6);
  }

  @Test
  void lookingForWhoIsThereTakesNothingOutOfTheBudget() {
    Mesh mesh =
        mesh(
            new ServicePolicy.Builder().traffic(broke()), suspect("a"), suspect("b"), suspect("c"));
    MeshCall call = mesh.open(TestRequest.post("http://orders/").once());
    assertThat(call.finish(mesh.attempt(call), REFUSED)).isEqualTo(Verdict.RETRY);
    assertThat(call.finish(mesh.attempt(call), REFUSED)).isEqualTo(Verdict.RETRY);
    assertThat(mesh.answer(call, mesh.attempt(call), 200, 1)).isEqualTo(Verdict.DELIVER);
  }

  @Test
  void whatTookTimeOrMayHaveBeenSentIsARetryAtASuspectEndpointToo() {
    for (Failure failure : new Failure[] {Failure.CONNECT_TIMEOUT, Failure.RESET}) {
      Mesh mesh = mesh(retries(1, null), suspect("a"), suspect("b"), suspect("c"));
      MeshCall call = mesh.open();
      Outcome outcome = Outcome.failure(failure, null);
      assertThat(call.finish(mesh.attempt(call), outcome)).isEqualTo(Verdict.RETRY);
      call.finish(mesh.attempt(call), outcome);
      mesh.clock.advance(1, TimeUnit.SECONDS);
      assertThat(call.next()).as(failure.name()).isNotInstanceOf(Attempt.class);
    }
  }

  @Test
  void aPolicyWithoutRetriesIsKeptToTheLetter() {
    Mesh mesh = mesh(retries(0, null), suspect("a"), suspect("b"));
    MeshCall call = mesh.open();
    call.finish(mesh.attempt(call), REFUSED);
    assertThat(call.next().kind).isEqualTo(Step.Kind.FAIL);
  }

  @Test
  void aCallWhoseErrorBrokeAndWasAskedForAgainCountsAsOneError() {
    Mesh mesh = Mesh.with(endpoint("a"), endpoint("b"), endpoint("c"), endpoint("d"));
    MeshCall call = mesh.open();
    Attempt first = mesh.attempt(call);
    assertThat(call.finish(first, Outcome.response(500, -1))).isEqualTo(Verdict.DELIVER);
    assertThat(call.broken(first, RESET)).isEqualTo(Verdict.RETRY);
    assertThat(call.finish(mesh.attempt(call), RESET)).isEqualTo(Verdict.RETRY);
    assertThat(call.finish(mesh.attempt(call), RESET)).isEqualTo(Verdict.DELIVER);
    assertThat(mesh.engine.takeInterval().series)
        .extracting(series -> series.outcome + " " + series.count)
        .containsExactly("SERVER_ERROR 1");
  }
}
