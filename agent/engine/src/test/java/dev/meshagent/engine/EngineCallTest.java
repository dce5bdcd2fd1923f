package dev.meshagent.engine;

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
import dev.meshagent.engine.snapshot.NameTable;
import dev.meshagent.engine.snapshot.NamedService;
import dev.meshagent.engine.snapshot.OnAgentError;
import dev.meshagent.engine.stats.IntervalReport;
import dev.meshagent.engine.stats.OutcomeClass;
import java.net.ConnectException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class EngineCallTest {
  private static final Outcome REFUSED =
      Outcome.failure(Failure.CONNECT, new ConnectException("Connection refused"));
  private static final Outcome RESET = Outcome.failure(Failure.RESET, null);

  @Test
  void hostsThatAreNoMeshNamesAreLeftAlone() {
    Mesh mesh = Mesh.with(endpoint("a"));
    for (String host : Arrays.asList("localhost", "10.1.2.3", "[::1]", "example.com")) {
      assertThat(mesh.open(TestRequest.get("http://" + host + "/"))).as(host).isNull();
    }
  }

  @Test
  void beforeTheNamesOnlyHostsThatMayBeMeshNamesWait() {
    Mesh mesh = new Mesh();
    assertThat(mesh.open(TestRequest.get("http://localhost:8080/"))).isNull();
    assertThat(mesh.open(TestRequest.get("http://127.0.0.1/"))).isNull();
    assertThat(mesh.open().next().kind).isEqualTo(Step.Kind.QUEUE);
  }

  @Test
  void aWaitingCallIsWokenByTheNamesAndThenByTheSnapshot() {
    Mesh mesh = new Mesh();
    MeshCall call = mesh.open();
    AtomicInteger wakes = new AtomicInteger();
    ((Step.Queue) call.next()).onWake(wakes::incrementAndGet);
    mesh.name(NamedService.of(Mesh.ORDERS));
    assertThat(wakes).hasValue(1);
    ((Step.Queue) call.next()).onWake(wakes::incrementAndGet);
    assertThat(mesh.wanted).containsExactly(Mesh.ORDERS);
    mesh.snapshot(endpoint("a"));
    assertThat(wakes).hasValue(2);
    assertThat(call.next().kind).isEqualTo(Step.Kind.ATTEMPT);
  }

  @Test
  void aWakeThatComesTooLateToRegisterRunsAtOnce() {
    Mesh mesh = new Mesh();
    Step.Queue queue = (Step.Queue) mesh.open().next();
    mesh.name(NamedService.of(Mesh.ORDERS));
    AtomicInteger wakes = new AtomicInteger();
    queue.onWake(wakes::incrementAndGet);
    assertThat(wakes).hasValue(1);
  }

  @Test
  void aWaitingCallPassesWhenItsHostIsNobody() {
    Mesh mesh = new Mesh();
    MeshCall call = mesh.open(TestRequest.get("http://elsewhere/"));
    assertThat(call.next().kind).isEqualTo(Step.Kind.QUEUE);
    mesh.name(NamedService.of(Mesh.ORDERS));
    assertThat(call.next()).isSameAs(Step.PASS);
  }

  @Test
  void withoutNamesCallsPassAfterTheDeadline() {
    Mesh mesh = new Mesh();
    MeshCall call = mesh.open();
    assertThat(((Step.Queue) call.next()).maxNanos).isEqualTo(TimeUnit.SECONDS.toNanos(1));
    mesh.clock.advance(1, TimeUnit.SECONDS);
    assertThat(call.next()).isSameAs(Step.PASS);
    assertThat(mesh.open()).isNull();
  }

  @Test
  void aServiceThatIsRememberedNeedNotWaitForTheNamesAndAnyOtherHostStillDoes() {
    Mesh mesh = new Mesh();
    mesh.engine.rememberedNames(
        NameTable.EMPTY.with(
            Collections.singletonList(NamedService.of(Mesh.ORDERS)), Collections.emptyList()));
    mesh.snapshot(endpoint("a"));
    assertThat(mesh.open().next().kind).isEqualTo(Step.Kind.ATTEMPT);
    assertThat(mesh.wanted).containsExactly(Mesh.ORDERS);
    MeshCall newer = mesh.open(TestRequest.get("http://newer/"));
    assertThat(newer.next().kind).isEqualTo(Step.Kind.QUEUE);
    mesh.clock.advance(1, TimeUnit.SECONDS);
    assertThat(newer.next()).isSameAs(Step.PASS);
    assertThat(mesh.open(TestRequest.get("http://newer/"))).isNull();
    assertThat(mesh.open().next().kind).isEqualTo(Step.Kind.ATTEMPT);
  }

  @Test
  void theFirstNamesReplaceThoseThatAreRemembered() {
    Mesh mesh = new Mesh();
    mesh.engine.rememberedNames(
        NameTable.EMPTY.with(
            Collections.singletonList(NamedService.of(Mesh.ORDERS)), Collections.emptyList()));
    mesh.name();
    assertThat(mesh.open()).isNull();
  }

  @Test
  void withoutSnapshotCallsPassAfterOneSecondCountedOnce() {
    Mesh mesh = new Mesh();
    mesh.name(NamedService.of(Mesh.ORDERS));
    MeshCall call = mesh.open();
    assertThat(call.next().kind).isEqualTo(Step.Kind.QUEUE);
    mesh.clock.advance(1, TimeUnit.SECONDS);
    assertThat(call.next()).isSameAs(Step.PASS);
    assertThat(mesh.open().next()).isSameAs(Step.PASS);
    assertThat(mesh.wanted).containsExactly(Mesh.ORDERS);
  }

  @Test
  void withoutSnapshotAServiceThatMustNotBeCalledUnprotectedFails() {
    Mesh mesh = new Mesh();
    mesh.name(new NamedService(Mesh.ORDERS, Collections.emptyList(), OnAgentError.FAIL));
    MeshCall call = mesh.open();
    call.next();
    mesh.clock.advance(1, TimeUnit.SECONDS);
    Step.Fail fail = (Step.Fail) call.next();
    assertThat(fail.reason).isEqualTo(Step.Fail.Reason.AGENT_ERROR);
    assertThat(fail.message).startsWith("default/orders: no snapshot");
  }

  @Test
  void aForgottenServiceIsAskedForAgain() {
    Mesh mesh = Mesh.with(endpoint("a"));
    mesh.call(1);
    mesh.engine.forget(Mesh.ORDERS);
    assertThat(mesh.open().next().kind).isEqualTo(Step.Kind.QUEUE);
    assertThat(mesh.wanted).containsExactly(Mesh.ORDERS, Mesh.ORDERS);
  }

  @Test
  void aConnectFailureIsRetriedAtAnotherEndpoint() {
    Mesh mesh = Mesh.with(endpoint("a"), endpoint("b"), endpoint("c"));
    MeshCall call = mesh.open(TestRequest.post("http://orders/").once());
    Set<String> tried = new HashSet<>();
    for (int i = 0; i < 2; i++) {
      Attempt attempt = mesh.attempt(call);
      tried.add(attempt.endpoint.uid);
      assertThat(call.finish(attempt, REFUSED)).isEqualTo(Verdict.RETRY);
    }
    Attempt third = mesh.attempt(call);
    tried.add(third.endpoint.uid);
    assertThat(tried).containsExactlyInAnyOrder("a", "b", "c");
    assertThat(mesh.answer(call, third, 200, 1)).isEqualTo(Verdict.DELIVER);
  }

  @Test
  void whenRetriesAreSpentTheFailureSaysWhatWasTried() {
    Mesh mesh = Mesh.with(endpoint("a"));
    MeshCall call = mesh.open();
    for (int i = 0; i < 3; i++) {
      assertThat(call.finish(mesh.attempt(call), REFUSED)).isEqualTo(Verdict.RETRY);
    }
    Step.Fail fail = (Step.Fail) call.next();
    assertThat(fail.reason).isEqualTo(Step.Fail.Reason.CONNECT_FAILED);
    assertThat(fail.message)
        .isEqualTo(
            "default/orders: no connection after 3 attempts (10.0.0.1:8080, 10.0.0.1:8080,"
                + " 10.0.0.1:8080); 1 known; last error: java.net.ConnectException: Connection"
                + " refused");
    assertThat(fail.cause).isInstanceOf(ConnectException.class);
    assertThat(call.next()).isSameAs(fail);
  }

  @Test
  void aResetIsRetriedForIdempotentMethodsOnly() {
    Mesh mesh = Mesh.with(endpoint("a"), endpoint("b"));
    MeshCall get = mesh.open();
    assertThat(get.finish(mesh.attempt(get), RESET)).isEqualTo(Verdict.RETRY);
    MeshCall post = mesh.open(TestRequest.post("http://orders/"));
    assertThat(post.finish(mesh.attempt(post), RESET)).isEqualTo(Verdict.DELIVER);
  }

  @Test
  void aResponseThatBreaksUnseenIsAskedForAtAnotherEndpoint() {
    Mesh mesh = Mesh.with(endpoint("a"), endpoint("b"));
    MeshCall call = mesh.open();
    Attempt first = mesh.attempt(call);
    assertThat(call.finish(first, Outcome.response(200, -1))).isEqualTo(Verdict.DELIVER);
    assertThat(call.broken(first, RESET)).isEqualTo(Verdict.RETRY);
    Attempt second = mesh.attempt(call);
    assertThat(second.endpoint).isNotSameAs(first.endpoint);
    assertThat(mesh.answer(call, second, 200, 1)).isEqualTo(Verdict.DELIVER);
    IntervalReport report = mesh.engine.takeInterval();
    assertThat(report.services.get(0).calls).isEqualTo(1);
    assertThat(report.services.get(0).retries).isEqualTo(1);
    assertThat(report.series).extracting(series -> series.count).containsExactly(1L);
    assertThat(report.endpoints).allSatisfy(each -> assertThat(each.outstanding).isZero());
    assertThat(report.endpoints)
        .filteredOn(each -> each.uid.equals(first.endpoint.uid))
        .extracting(each -> each.failures)
        .containsExactly(1L);
  }

  @Test
  void aBrokenResponseIsTheAnswerWhereTheRequestMustNotBeRepeated() {
    Mesh mesh = Mesh.with(endpoint("a"), endpoint("b"));
    MeshCall post = mesh.open(TestRequest.post("http://orders/"));
    Attempt only = mesh.attempt(post);
    post.finish(only, Outcome.response(200, -1));
    assertThat(post.broken(only, RESET)).isEqualTo(Verdict.DELIVER);
    assertThat(post.broken(only, RESET)).isEqualTo(Verdict.DISCARD);
    IntervalReport report = mesh.engine.takeInterval();
    assertThat(report.series)
        .extracting(series -> series.outcome)
        .containsExactlyInAnyOrder(OutcomeClass.SUCCESS, OutcomeClass.FAILURE);
    assertThat(report.endpoints.get(0).outstanding).isZero();
  }

  @Test
  void aBreakThatTheApplicationSawIsLearnedAndTheAnswer() {
    Mesh mesh = Mesh.with(endpoint("a"), endpoint("b"));
    MeshCall get = mesh.open();
    Attempt only = mesh.attempt(get);
    get.finish(only, Outcome.response(200, -1));
    assertThat(get.broken(only, Outcome.last(Outcome.Failure.RESET, null)))
        .isEqualTo(Verdict.DELIVER);
    IntervalReport report = mesh.engine.takeInterval();
    assertThat(report.series)
        .extracting(series -> series.outcome)
        .containsExactlyInAnyOrder(OutcomeClass.SUCCESS, OutcomeClass.FAILURE);
    assertThat(report.endpoints)
        .filteredOn(each -> each.uid.equals(only.endpoint.uid))
        .allSatisfy(each -> assertThat(each.failures).isEqualTo(1))
        .allSatisfy(each -> assertThat(each.outstanding).isZero());
  }

  @Test
  void aResponseThatWasReadOrGivenUpCannotBreak() {
    Mesh mesh = Mesh.with(endpoint("a"), endpoint("b"));
    MeshCall read = mesh.open();
    Attempt whole = mesh.attempt(read);
    mesh.answer(read, whole, 200, 1);
    assertThat(read.broken(whole, RESET)).isEqualTo(Verdict.DISCARD);
    MeshCall given = mesh.open();
    Attempt up = mesh.attempt(given);
    given.finish(up, Outcome.response(200, -1));
    given.cancel();
    assertThat(given.broken(up, RESET)).isEqualTo(Verdict.DELIVER);
  }

  @Test
  void brokenResponsesAreAskedForAgainWithinThePolicysRetriesOnly() {
    Mesh mesh = Mesh.with(endpoint("a"), endpoint("b"), endpoint("c"), endpoint("d"));
    MeshCall call = mesh.open();
    for (int retry = 1; retry <= 2; retry++) {
      Attempt attempt = mesh.attempt(call);
      call.finish(attempt, Outcome.response(200, -1));
      assertThat(call.broken(attempt, RESET)).isEqualTo(Verdict.RETRY);
    }
    Attempt last = mesh.attempt(call);
    call.finish(last, Outcome.response(200, -1));
    assertThat(call.broken(last, RESET)).isEqualTo(Verdict.DELIVER);
  }

  @Test
  void backoffIsDrawnBelowItsCeiling() {
    Mesh mesh = Mesh.with(endpoint("a"), endpoint("b"));
    for (int i = 0; i < 50; i++) {
      MeshCall call = mesh.open();
      call.finish(mesh.attempt(call), REFUSED);
      Step step = call.next();
      if (step instanceof Step.Wait) {
        assertThat(((Step.Wait) step).nanos).isBetween(1L, TimeUnit.MILLISECONDS.toNanos(25));
      }
    }
  }

  @Test
  void fiveConsecutiveConnectFailuresEjectForThirtySecondsAndOneProbeReturns() {
    Mesh mesh = Mesh.with(endpoint("a"), endpoint("b"));
    int failed = 0;
    while (failed < 5) {
      MeshCall call = mesh.open();
      Attempt attempt = mesh.attempt(call);
      if (attempt.endpoint.uid.equals("a")) {
        call.finish(attempt, REFUSED);
        failed++;
        attempt = mesh.attempt(call);
      }
      mesh.answer(call, attempt, 200, 1);
    }
    for (int i = 0; i < 100; i++) {
      assertThat(mesh.call(1)).isEqualTo("b");
    }
    mesh.clock.advance(31, TimeUnit.SECONDS);
    MeshCall probe = null;
    Attempt probing = null;
    for (int i = 0; i < 50; i++) {
      MeshCall call = mesh.open();
      Attempt attempt = mesh.attempt(call);
      if (attempt.endpoint.uid.equals("a")) {
        assertThat(probe).as("only one call probes").isNull();
        probe = call;
        probing = attempt;
      } else {
        mesh.answer(call, attempt, 200, 1);
      }
    }
    assertThat(probe).isNotNull();
    mesh.answer(probe, probing, 200, 1);
    Map<String, Integer> shares = new HashMap<>();
    for (int i = 0; i < 1000; i++) {
      shares.merge(mesh.call(1), 1, Integer::sum);
    }
    assertThat(shares.get("a")).isGreaterThan(200);
  }

  @Test
  void atMostHalfOfTheEndpointsAreEjected() {
    Mesh mesh = Mesh.with(endpoint("a"), endpoint("b"), endpoint("c"), endpoint("d"));
    for (int i = 0; i < 60; i++) {
      MeshCall call = mesh.open(TestRequest.post("http://orders/"));
      mesh.answer(call, mesh.attempt(call), 503, 1);
    }
    long ejected =
        mesh.engine.takeInterval().endpoints.stream().filter(each -> each.ejected).count();
    assertThat(ejected).isEqualTo(2);
  }

  @Test
  void suspectEndpointsAreChosenLastAndDroppedAtTheFirstConnectFailure() {
    Mesh mesh = Mesh.with(endpoint("ready"), endpoint("lost", Health.SUSPECT));
    for (int i = 0; i < 50; i++) {
      assertThat(mesh.call(1)).isEqualTo("ready");
    }
    mesh.snapshot(endpoint("lost", Health.SUSPECT), endpoint("gone", Health.SUSPECT));
    MeshCall call = mesh.open();
    Attempt attempt = mesh.attempt(call);
    while (!attempt.endpoint.uid.equals("gone")) {
      mesh.answer(call, attempt, 200, 1);
      call = mesh.open();
      attempt = mesh.attempt(call);
    }
    call.finish(attempt, REFUSED);
    assertThat(mesh.attempt(call).endpoint.uid).isEqualTo("lost");
    for (int i = 0; i < 50; i++) {
      assertThat(mesh.call(1)).isEqualTo("lost");
    }
    mesh.snapshot(endpoint("lost", Health.SUSPECT), endpoint("gone"));
    assertThat(mesh.call(1)).isEqualTo("gone");
  }

  @Test
  void drainingEndpointsAreUsedOnlyWhenNothingElseIsLeft() {
    Mesh mesh = Mesh.with(endpoint("leaving", Health.DRAINING), endpoint("lost", Health.SUSPECT));
    assertThat(mesh.call(1)).isEqualTo("lost");
    mesh.snapshot(endpoint("leaving", Health.DRAINING));
    assertThat(mesh.call(1)).isEqualTo("leaving");
  }

  @Test
  void aServiceWithoutEndpointsFailsWithItsName() {
    Mesh mesh = Mesh.with();
    Step.Fail fail = (Step.Fail) mesh.open().next();
    assertThat(fail.reason).isEqualTo(Step.Fail.Reason.NO_ENDPOINT);
    assertThat(fail.message).startsWith("default/orders: no endpoint left (0 known)");
  }

  @Test
  void aServiceWithOnePortAnswersOnAnyPort() {
    Mesh mesh = Mesh.with(endpoint("a"));
    for (String url : Arrays.asList("http://orders", "http://orders:80", "http://orders:9999")) {
      assertThat(mesh.attempt(mesh.open(TestRequest.get(url))).port).as(url).isEqualTo(8080);
    }
  }

  @Test
  void aServiceOfSeveralPortsAnswersOnTheseOnly() {
    Map<String, Integer> ports = new LinkedHashMap<>();
    ports.put("http", 8080);
    ports.put("p9090", 9090);
    Mesh mesh = Mesh.with(endpoint("a"), endpoint("b", Health.READY, 1, "", ports));
    assertThat(mesh.attempt(mesh.open(TestRequest.get("http://orders"))).port).isEqualTo(8080);
    Attempt admin = mesh.attempt(mesh.open(TestRequest.get("http://orders:9090")));
    assertThat(admin.port).isEqualTo(9090);
    assertThat(admin.endpoint.uid).isEqualTo("b");
    Step.Fail fail = (Step.Fail) mesh.open(TestRequest.get("http://orders:7")).next();
    assertThat(fail.reason).isEqualTo(Step.Fail.Reason.NO_SUCH_PORT);
    assertThat(fail.message).contains("nobody offers port 7; it has 80, 8080, 9090");
  }

  @Test
  void stateSurvivesASwapByUidAndEndsWithIt() {
    Endpoint a = endpoint("a");
    Mesh mesh = Mesh.with(a);
    mesh.call(7);
    MeshCall call = mesh.open();
    Attempt inFlight = mesh.attempt(call);
    mesh.snapshot(a, endpoint("b"));
    IntervalReport report = mesh.engine.takeInterval();
    assertThat(report.endpoints).hasSize(1);
    assertThat(report.endpoints.get(0).outstanding).isEqualTo(1);
    assertThat(report.endpoints.get(0).ewmaMicros).isBetween(6_900L, 7_000L);
    mesh.snapshot(endpoint("b"));
    assertThat(mesh.answer(call, inFlight, 200, 1)).isEqualTo(Verdict.DELIVER);
    assertThat(mesh.engine.takeInterval().endpoints).isEmpty();
  }

  @Test
  void cancellingReleasesWhatIsInFlightAndCountsOnce() {
    Mesh mesh = Mesh.with(endpoint("a"));
    MeshCall call = mesh.open();
    Attempt attempt = mesh.attempt(call);
    call.cancel();
    call.cancel();
    assertThat(call.finish(attempt, Outcome.response(200, -1))).isEqualTo(Verdict.DISCARD);
    call.release(attempt);
    IntervalReport report = mesh.engine.takeInterval();
    assertThat(report.endpoints.get(0).outstanding).isZero();
    assertThat(report.series).hasSize(1);
    assertThat(report.series.get(0).outcome).isEqualTo(OutcomeClass.CANCELLED);
    assertThat(call.next().kind).isEqualTo(Step.Kind.FAIL);
  }

  @Test
  void theReportCountsCallsAttemptsAndRetriesOfTheInterval() {
    Mesh mesh = Mesh.with(endpoint("a"), endpoint("b"));
    mesh.call(2);
    MeshCall retried = mesh.open();
    retried.finish(mesh.attempt(retried), REFUSED);
    mesh.answer(retried, mesh.attempt(retried), 404, 1);
    IntervalReport report = mesh.engine.takeInterval();
    IntervalReport.ServiceInterval service = report.services.get(0);
    assertThat(service.calls).isEqualTo(2);
    assertThat(service.attempts).isEqualTo(3);
    assertThat(service.retries).isEqualTo(1);
    assertThat(report.series)
        .extracting(series -> series.outcome)
        .containsExactlyInAnyOrder(OutcomeClass.SUCCESS, OutcomeClass.CLIENT_ERROR);
    assertThat(report.series).allSatisfy(series -> assertThat(series.library).isEqualTo("test"));
    assertThat(mesh.engine.takeInterval().isEmpty()).isTrue();
  }

  @Test
  void whatAnEndpointDidIsReportedAfterItLeft() {
    Mesh mesh = Mesh.with(endpoint("a"));
    mesh.call(1);
    MeshCall late = mesh.open();
    Attempt attempt = mesh.attempt(late);
    mesh.snapshot(endpoint("b"));
    assertThat(mesh.engine.takeInterval().endpoints)
        .extracting(each -> each.uid + " " + each.attempts + " " + each.outstanding)
        .containsExactly("a 2 1");
    late.finish(attempt, REFUSED);
    assertThat(mesh.engine.takeInterval().endpoints)
        .extracting(each -> each.uid + " " + each.attempts + " " + each.failures)
        .containsExactly("a 0 1");
    assertThat(mesh.engine.takeInterval().endpoints).isEmpty();
  }

  @Test
  void aNewcomerAmongFastSiblingsHasItsFairShareWithinFiftyCalls() {
    Endpoint[] siblings = {endpoint("a"), endpoint("b"), endpoint("c")};
    Mesh mesh = Mesh.with(siblings);
    for (int i = 0; i < 300; i++) {
      mesh.call(1);
    }
    mesh.snapshot(siblings[0], siblings[1], siblings[2], endpoint("new"));
    Map<String, Integer> shares = new HashMap<>();
    for (int i = 0; i < 50; i++) {
      shares.merge(mesh.call(1), 1, Integer::sum);
    }
    assertThat(shares.getOrDefault("new", 0)).isBetween(6, 25);
  }
}
