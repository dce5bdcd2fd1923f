package dev.meshagent.engine;

import static dev.meshagent.engine.Mesh.ORDERS;
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
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.policy.Destination;
import dev.meshagent.engine.snapshot.policy.DirectResponse;
import dev.meshagent.engine.snapshot.policy.Fault;
import dev.meshagent.engine.snapshot.policy.HashKey;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import dev.meshagent.engine.snapshot.policy.Hedge;
import dev.meshagent.engine.snapshot.policy.Limits;
import dev.meshagent.engine.snapshot.policy.Match;
import dev.meshagent.engine.snapshot.policy.Mirror;
import dev.meshagent.engine.snapshot.policy.Redirect;
import dev.meshagent.engine.snapshot.policy.RetryOn;
import dev.meshagent.engine.snapshot.policy.RetryPolicy;
import dev.meshagent.engine.snapshot.policy.Rewrite;
import dev.meshagent.engine.snapshot.policy.Route;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import dev.meshagent.engine.snapshot.policy.StringMatch;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;
import dev.meshagent.engine.stats.IntervalReport;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the policies of a service do to its calls. */
final class CallPolicyTest {
  private static final Endpoint V1 = version("a", "v1");
  private static final Endpoint V2 = version("b", "v2");

  private static Endpoint version(String uid, String version) {
    Map<String, String> labels = new TreeMap<>();
    labels.put("app", "orders");
    labels.put("version", version);
    return Mesh.endpoint(uid, Health.READY, 1, "", Collections.singletonMap("http", 8080), labels);
  }

  private static Mesh mesh(ServicePolicy.Builder policy, Endpoint... endpoints) {
    Mesh mesh = new Mesh();
    mesh.name(NamedService.of(ORDERS));
    mesh.policy(policy.build(), endpoints);
    return mesh;
  }

  private static ServicePolicy.Builder policy(Route.Builder... routes) {
    ServicePolicy.Builder policy = new ServicePolicy.Builder();
    for (Route.Builder route : routes) {
      policy.route(route.build());
    }
    policy.subset("v1", "version", "v1");
    return policy.subset("v2", "version", "v2");
  }

  private static Route.Builder route() {
    return new Route.Builder();
  }

  @Test
  void callsAreSplitOverSubsetsByWeight() {
    Mesh mesh =
        mesh(
            policy(route().to(Destination.subset("v1", 90)).to(Destination.subset("v2", 10))),
            V1,
            V2);
    Map<String, Integer> shares = new HashMap<>();
    for (int i = 0; i < 5_000; i++) {
      shares.merge(mesh.call(1), 1, Integer::sum);
    }
    assertThat(shares.get("b")).isBetween(400, 600);
  }

  @Test
  void aSubsetWithoutEndpointsOrDefinitionFails() {
    Mesh mesh = mesh(policy(route().to(Destination.subset("v3", 1))), V1);
    assertThat(((Step.Fail) mesh.open().next()).message).contains("subset 'v3'", "DestinationRule");
    mesh = mesh(policy(route().to(Destination.subset("v2", 1))), V1);
    assertThat(((Step.Fail) mesh.open().next()).message)
        .startsWith("default/orders subset v2: no endpoint left");
  }

  @Test
  void aStickyCallerStaysAtItsSubset() {
    Route.Builder route = route().to(Destination.subset("v1", 50)).to(Destination.subset("v2", 50));
    route.sticky = new HashKey(HashKey.Source.COOKIE, "user");
    Mesh mesh = mesh(policy(route), V1, V2);
    Set<String> all = new HashSet<>();
    for (int user = 0; user < 20; user++) {
      Set<String> seen = new HashSet<>();
      for (int i = 0; i < 10; i++) {
        TestRequest request =
            TestRequest.get("http://orders/").header("Cookie", "x=1; user=u" + user);
        MeshCall call = mesh.open(request);
        Attempt attempt = mesh.attempt(call);
        mesh.answer(call, attempt, 200, 1);
        seen.add(attempt.endpoint.uid);
      }
      assertThat(seen).hasSize(1);
      all.addAll(seen);
    }
    assertThat(all).hasSize(2);
  }

  @Test
  void aRouteToAnotherServiceWaitsForItsSnapshotAndGoesThere() {
    ServiceId other = new ServiceId("default", "archive");
    Mesh mesh = mesh(policy(route().to(Destination.service(other, 1))), V1);
    MeshCall call = mesh.open();
    AtomicInteger wakes = new AtomicInteger();
    ((Step.Queue) call.next()).onWake(wakes::incrementAndGet);
    assertThat(mesh.wanted).containsExactly(ORDERS, other);
    mesh.engine.snapshot(Mesh.snapshot(other, ServicePolicy.NONE, Mesh.endpoint("arc")));
    assertThat(wakes).hasValue(1);
    assertThat(mesh.attempt(call).endpoint.uid).isEqualTo("arc");
  }

  @Test
  void aRouteToAnotherServiceNeverEndsAtTheCalledOne() {
    ServiceId other = new ServiceId("default", "archive");
    Mesh mesh = mesh(policy(route().to(Destination.service(other, 1))), V1);
    MeshCall call = mesh.open();
    call.next();
    mesh.clock.advance(1, TimeUnit.SECONDS);
    assertThat(((Step.Fail) call.next()).message)
        .startsWith("no service default/archive is known: a route leads there");
    mesh.name(NamedService.of(ORDERS), NamedService.of(other));
    assertThat(((Step.Fail) mesh.open().next()).message)
        .startsWith("default/archive: no snapshot from the controller");
  }

  @Test
  void whatNoRouteFitsIs404() {
    Mesh mesh =
        mesh(policy(route().match(new Match.Builder().path(StringMatch.exact("/a")).build())), V1);
    Step.Respond respond = (Step.Respond) mesh.open(TestRequest.get("http://orders/b")).next();
    assertThat(respond.status).isEqualTo(404);
    respond = (Step.Respond) mesh.open(TestRequest.get("http://orders/b").asGrpc()).next();
    assertThat(respond.status).isEqualTo(200);
    assertThat(respond.headers).containsEntry("grpc-status", "12");
  }

  @Test
  void directResponsesAndRedirectsAskNoServer() {
    Route.Builder respond =
        route().match(new Match.Builder().path(StringMatch.exact("/r")).build());
    respond.response = new DirectResponse(418, Collections.singletonMap("x", "y"), "tea");
    Route.Builder redirect = route();
    redirect.redirect = new Redirect(308, "https", "", 0, "", "");
    Mesh mesh = mesh(policy(respond, redirect), V1);
    Step.Respond answer = (Step.Respond) mesh.open(TestRequest.get("http://orders/r")).next();
    assertThat(answer.status).isEqualTo(418);
    assertThat(new String(answer.body, java.nio.charset.StandardCharsets.UTF_8)).isEqualTo("tea");
    Step.Redirect moved =
        (Step.Redirect) mesh.open(TestRequest.get("http://orders:8080/x?y=1")).next();
    assertThat(moved.status).isEqualTo(308);
    assertThat(moved.location).isEqualTo("https://orders/x?y=1");
  }

  @ParameterizedTest
  @CsvSource({
    "http, '', tea, text/plain",
    "http, Content-Type, tea, image/tea",
    "http, '', '', ",
    "grpc, '', tea, ",
  })
  void theBodyOfADirectResponseIsTextUnlessItIsSaidToBeElse(
      String kind, String name, String body, String expected) {
    Route.Builder respond = route();
    respond.response =
        new DirectResponse(
            200,
            name.isEmpty() ? Collections.emptyMap() : Collections.singletonMap(name, "image/tea"),
            body);
    Mesh mesh = mesh(policy(respond), V1);
    TestRequest request = TestRequest.get("http://orders/r");
    Step.Respond answer =
        (Step.Respond) mesh.open(kind.equals("grpc") ? request.asGrpc() : request).next();
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.putAll(answer.headers);
    assertThat(headers.get("content-type")).isEqualTo(expected);
    assertThat(answer.headers).hasSize(expected == null ? 0 : 1);
  }

  @ParameterizedTest
  @CsvSource({
    "'', 0, '', '', http://orders:8080/v1/x?q=1",
    "new.example, 0, '', '', http://new.example:8080/v1/x?q=1",
    "'', 9, '', '', http://orders:9/v1/x?q=1",
    "'', 80, '', '', http://orders/v1/x?q=1",
    "'', 0, /z, '', http://orders:8080/z?q=1",
    "'', 0, /z?own=2, '', http://orders:8080/z?own=2",
    "'', 0, '', /v2, http://orders:8080/v2/x?q=1",
    "'', 0, '', /, http://orders:8080/x?q=1",
  })
  void redirectsChangeWhatTheyName(
      String host, int port, String path, String prefix, String expected) {
    Route.Builder redirect =
        route().match(new Match.Builder().path(StringMatch.pathPrefix("/v1")).build());
    redirect.redirect = new Redirect(301, "", host, port, path, prefix);
    Mesh mesh = mesh(policy(redirect), V1);
    Step.Redirect moved =
        (Step.Redirect) mesh.open(TestRequest.get("http://orders:8080/v1/x?q=1")).next();
    assertThat(moved.location).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/x, prefix, /v2, /v2/x",
    "/v1, prefix, /v2, /v2",
    "/v1/x?q=/v1, prefix, /v2, /v2/x?q=/v1",
    "/v1/x, prefix, /, /x",
    "/v1, prefix, '', /",
    "/v1/x?q=1, path, /all, /all?q=1",
    "/v1/users/7/mail, regex, '\\2/of/\\1', /v1/mail/of/7",
  })
  void rewritesChangeThePathAsWritten(String path, String kind, String by, String expected) {
    Route.Builder route =
        route().match(new Match.Builder().path(StringMatch.pathPrefix("/v1")).build());
    route.rewrite =
        new Rewrite(
            kind.equals("path") ? by : "",
            kind.equals("prefix") ? by : null,
            kind.equals("regex") ? "users/(\\d+)/(\\w+)" : "",
            kind.equals("regex") ? by : "",
            "inner");
    Mesh mesh = mesh(policy(route), V1);
    Attempt attempt = mesh.attempt(mesh.open(TestRequest.get("http://orders" + path)));
    assertThat(attempt.pathAndQuery()).isEqualTo(expected);
    assertThat(attempt.authority()).isEqualTo("inner");
  }

  @Test
  void headerOperationsOfRouteAndDestinationAreComposed() {
    HeaderOps ofRoute =
        new HeaderOps(
            Collections.singletonMap("A", "route"),
            Collections.emptyMap(),
            Collections.singletonList("gone"));
    HeaderOps ofDestination =
        new HeaderOps(
            Collections.singletonMap("a", "destination"),
            Collections.singletonMap("b", "more"),
            Collections.emptyList());
    Route.Builder route =
        route().to(new Destination(null, "v1", 0, 1, ofDestination, ofDestination));
    route.requestHeaders = ofRoute;
    route.responseHeaders = ofRoute;
    Mesh mesh = mesh(policy(route), V1);
    Attempt attempt = mesh.attempt(mesh.open());
    assertThat(attempt.requestHeaders().set).containsEntry("a", "destination");
    assertThat(attempt.responseHeaders().set).containsEntry("a", "route");
    Map<String, List<String>> headers = new TreeMap<>();
    headers.put("gone", new ArrayList<>(Collections.singletonList("x")));
    headers.put("b", new ArrayList<>(Collections.singletonList("one")));
    attempt.requestHeaders().apply(headers);
    assertThat(headers).doesNotContainKey("gone");
    assertThat(headers.get("b")).containsExactly("one", "more");
  }

  @Test
  void delayFaultsHoldCallsBackOnceAndAbortsAnswerThem() {
    Route.Builder route = route();
    route.fault = new Fault(100, TimeUnit.SECONDS.toNanos(5), 50, 503, 14);
    Mesh mesh = mesh(policy(route), V1);
    int aborted = 0;
    for (int i = 0; i < 200; i++) {
      MeshCall call = mesh.open();
      assertThat(((Step.Wait) call.next()).nanos).isEqualTo(TimeUnit.SECONDS.toNanos(5));
      mesh.clock.advance(5, TimeUnit.SECONDS);
      Step step = call.next();
      if (step instanceof Step.Respond) {
        assertThat(((Step.Respond) step).status).isEqualTo(503);
        aborted++;
      } else {
        mesh.answer(call, (Attempt) step, 200, 1);
      }
    }
    assertThat(aborted).isBetween(70, 130);
  }

  @Test
  void mirrorsAreSentAsideAndTheirAnswersThrownAway() {
    Route.Builder route = route().to(Destination.subset("v1", 1));
    route.mirrors.add(new Mirror(Destination.subset("v2", 1), 100));
    Mesh mesh = mesh(policy(route), V1, V2);
    MeshCall call = mesh.open();
    Attempt attempt = mesh.attempt(call);
    List<Attempt> mirrors = attempt.mirrors();
    assertThat(mirrors).hasSize(1);
    assertThat(mirrors.get(0).endpoint.uid).isEqualTo("b");
    assertThat(mirrors.get(0).mirrors()).isEmpty();
    assertThat(call.finish(mirrors.get(0), Outcome.response(500, -1))).isEqualTo(Verdict.DISCARD);
    assertThat(mesh.answer(call, attempt, 200, 1)).isEqualTo(Verdict.DELIVER);
    for (IntervalReport.EndpointInterval each : mesh.engine.takeInterval().endpoints) {
      assertThat(each.outstanding).isZero();
    }
  }

  @Test
  void theTimeoutOfARouteBoundsAttemptsAndBackoff() {
    Route.Builder route = route();
    route.timeoutNanos = TimeUnit.MILLISECONDS.toNanos(100);
    route.retry =
        new RetryPolicy(
            5,
            EnumSet.of(RetryOn.FIVE_XX),
            Collections.emptySet(),
            TimeUnit.MILLISECONDS.toNanos(60),
            0,
            0,
            true,
            false);
    Mesh mesh = mesh(policy(route), V1, V2);
    MeshCall call = mesh.open();
    Attempt first = mesh.attempt(call);
    assertThat(first.timeoutNanos).isEqualTo(TimeUnit.MILLISECONDS.toNanos(60));
    mesh.clock.advance(60, TimeUnit.MILLISECONDS);
    assertThat(call.finish(first, Outcome.failure(Failure.TIMEOUT, null))).isEqualTo(Verdict.RETRY);
    Attempt second = mesh.attempt(call);
    assertThat(second.timeoutNanos).isEqualTo(TimeUnit.MILLISECONDS.toNanos(40));
    mesh.clock.advance(40, TimeUnit.MILLISECONDS);
    assertThat(call.finish(second, Outcome.failure(Failure.TIMEOUT, null)))
        .isEqualTo(Verdict.RETRY);
    Step.Fail fail = (Step.Fail) call.next();
    assertThat(fail.reason).isEqualTo(Step.Fail.Reason.TIMEOUT);
    assertThat(fail.message).startsWith("default/orders: no answer within 100 ms after 2 attempts");
  }

  @Test
  void aGrpcDeadlineBoundsTheCall() {
    Mesh mesh = mesh(policy(), V1);
    MeshCall call =
        mesh.open(TestRequest.get("http://orders/s/m").asGrpc().header("grpc-timeout", "250m"));
    assertThat(mesh.attempt(call).timeoutNanos).isEqualTo(TimeUnit.MILLISECONDS.toNanos(250));
  }

  @Test
  void retryAfterIsWaitedForUpToThePolicysPatience() {
    Mesh mesh = mesh(policy(), V1, V2);
    MeshCall call = mesh.open();
    Attempt attempt = mesh.attempt(call);
    long nanos = TimeUnit.MILLISECONDS.toNanos(200);
    assertThat(call.finish(attempt, Outcome.response(503, nanos))).isEqualTo(Verdict.RETRY);
    assertThat(((Step.Wait) call.next()).nanos).isEqualTo(nanos);
    call = mesh.open();
    attempt = mesh.attempt(call);
    assertThat(call.finish(attempt, Outcome.response(503, TimeUnit.SECONDS.toNanos(60))))
        .isEqualTo(Verdict.DELIVER);
  }

  @Test
  void aGrpcPushbackForGoodEndsTheCall() {
    Mesh mesh = mesh(policy(), V1, V2);
    MeshCall call = mesh.open(TestRequest.get("http://orders/s/m").asGrpc());
    Attempt attempt = mesh.attempt(call);
    assertThat(call.finish(attempt, Outcome.grpc(14, Long.MAX_VALUE))).isEqualTo(Verdict.DELIVER);
  }

  @Test
  void aHedgeRunsBesideTheFirstAttemptAndTheFirstGoodAnswerWins() {
    Route.Builder route = route();
    route.hedge = new Hedge(TimeUnit.MILLISECONDS.toNanos(20), 1);
    Mesh mesh = mesh(policy(route), V1, V2);
    MeshCall call = mesh.open();
    Attempt first = mesh.attempt(call);
    assertThat(first.hedgeAfterNanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(20));
    mesh.clock.advance(5, TimeUnit.MILLISECONDS);
    assertThat(((Step.Wait) call.next()).nanos).isEqualTo(TimeUnit.MILLISECONDS.toNanos(15));
    mesh.clock.advance(15, TimeUnit.MILLISECONDS);
    Attempt second = (Attempt) call.next();
    assertThat(second.endpoint.uid).isNotEqualTo(first.endpoint.uid);
    assertThat(second.hedgeAfterNanos()).isEqualTo(Long.MAX_VALUE);
    assertThat(((Step.Wait) call.next()).nanos).isEqualTo(Long.MAX_VALUE);
    assertThat(mesh.answer(call, second, 200, 1)).isEqualTo(Verdict.DELIVER);
    assertThat(call.finish(first, Outcome.failure(Failure.CANCELLED, null)))
        .isEqualTo(Verdict.DISCARD);
    for (IntervalReport.EndpointInterval each : mesh.engine.takeInterval().endpoints) {
      assertThat(each.outstanding).isZero();
    }
  }

  @Test
  void aBadAnswerWaitsForTheHedgeThatMayDoBetter() {
    Route.Builder route = route();
    route.hedge = new Hedge(TimeUnit.MILLISECONDS.toNanos(20), 1);
    Mesh mesh = mesh(policy(route), V1, V2);
    MeshCall call = mesh.open();
    Attempt first = mesh.attempt(call);
    mesh.clock.advance(20, TimeUnit.MILLISECONDS);
    Attempt second = (Attempt) call.next();
    assertThat(call.finish(first, Outcome.response(500, -1))).isEqualTo(Verdict.DISCARD);
    assertThat(mesh.answer(call, second, 200, 1)).isEqualTo(Verdict.DELIVER);
  }

  @Test
  void aHedgeThatFindsNobodyOrNoPlaceLeavesTheFirstAttemptAlone() {
    Route.Builder route = route();
    route.hedge = new Hedge(TimeUnit.MILLISECONDS.toNanos(20), 1);
    ServicePolicy.Builder limited =
        policy(route).traffic(TrafficPolicy.DEFAULT.with(new Limits(0, 1, 0, 0, 0, 0)));
    Mesh mesh = mesh(limited, V1, V2);
    MeshCall call = mesh.open();
    Attempt first = mesh.attempt(call);
    mesh.clock.advance(20, TimeUnit.MILLISECONDS);
    assertThat(((Step.Wait) call.next()).nanos).isEqualTo(Long.MAX_VALUE);
    mesh.policy(limited.build());
    assertThat(((Step.Wait) call.next()).nanos).isEqualTo(Long.MAX_VALUE);
    assertThat(mesh.answer(call, first, 200, 1)).isEqualTo(Verdict.DELIVER);
  }

  @Test
  void aRequestThatCannotBeRepeatedIsNotHedged() {
    Route.Builder route = route();
    route.hedge = new Hedge(1, 1);
    Mesh mesh = mesh(policy(route), V1, V2);
    Attempt attempt = mesh.attempt(mesh.open(TestRequest.post("http://orders/").once()));
    assertThat(attempt.hedgeAfterNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void atTheLimitCallsWaitInTurnAndBeyondItTheyFail() {
    ServicePolicy.Builder limited =
        policy().traffic(TrafficPolicy.DEFAULT.with(new Limits(0, 1, 1, 0, 0, 0)));
    Mesh mesh = mesh(limited, V1, V2);
    MeshCall running = mesh.open();
    Attempt attempt = mesh.attempt(running);
    MeshCall waiting = mesh.open();
    AtomicInteger wakes = new AtomicInteger();
    ((Step.Queue) waiting.next()).onWake(wakes::incrementAndGet);
    Step.Fail fail = (Step.Fail) mesh.open().next();
    assertThat(fail.reason).isEqualTo(Step.Fail.Reason.LIMIT);
    assertThat(fail.message)
        .startsWith("default/orders: 1 requests are under way, which is the limit, and 1 wait");
    assertThat(wakes).hasValue(0);
    mesh.answer(running, attempt, 200, 1);
    assertThat(wakes).hasValue(1);
    mesh.answer(waiting, mesh.attempt(waiting), 200, 1);
    assertThat(mesh.call(1)).isNotNull();
  }

  @Test
  void aCancelledWaiterPassesItsTurnOn() {
    ServicePolicy.Builder limited =
        policy().traffic(TrafficPolicy.DEFAULT.with(new Limits(0, 1, 5, 0, 0, 0)));
    Mesh mesh = mesh(limited, V1);
    MeshCall running = mesh.open();
    Attempt attempt = mesh.attempt(running);
    MeshCall first = mesh.open();
    ((Step.Queue) first.next()).onWake(() -> {});
    MeshCall second = mesh.open();
    AtomicInteger wakes = new AtomicInteger();
    ((Step.Queue) second.next()).onWake(wakes::incrementAndGet);
    mesh.answer(running, attempt, 200, 1);
    first.cancel();
    assertThat(wakes).hasValue(1);
    assertThat(second.next().kind).isEqualTo(Step.Kind.ATTEMPT);
  }

  @Test
  void aPlaceIsNotOfferedToWhoGaveUpWhileAllWereTaken() {
    ServicePolicy.Builder limited =
        policy().traffic(TrafficPolicy.DEFAULT.with(new Limits(0, 1, 5, 0, 0, 0)));
    Mesh mesh = mesh(limited, V1);
    MeshCall running = mesh.open();
    Attempt attempt = mesh.attempt(running);
    MeshCall first = mesh.open();
    ((Step.Queue) first.next()).onWake(() -> {});
    MeshCall second = mesh.open();
    AtomicInteger wakes = new AtomicInteger();
    ((Step.Queue) second.next()).onWake(wakes::incrementAndGet);
    first.cancel();
    assertThat(wakes).hasValue(0);
    mesh.answer(running, attempt, 200, 1);
    assertThat(wakes).hasValue(1);
    assertThat(second.next().kind).isEqualTo(Step.Kind.ATTEMPT);
  }

  @Test
  void retriesUnderWayAreLimited() {
    ServicePolicy.Builder limited =
        policy().traffic(TrafficPolicy.DEFAULT.with(new Limits(0, 0, 5, 1, 0, 0)));
    Mesh mesh = mesh(limited, V1, V2);
    Outcome refused = Outcome.failure(Failure.CONNECT, null);
    MeshCall first = mesh.open();
    assertThat(first.finish(mesh.attempt(first), refused)).isEqualTo(Verdict.RETRY);
    MeshCall second = mesh.open();
    second.finish(mesh.attempt(second), refused);
    assertThat(second.next().kind).isEqualTo(Step.Kind.FAIL);
    mesh.answer(first, mesh.attempt(first), 200, 1);
    MeshCall third = mesh.open();
    assertThat(third.finish(mesh.attempt(third), refused)).isEqualTo(Verdict.RETRY);
    third.cancel();
    MeshCall fourth = mesh.open();
    assertThat(fourth.finish(mesh.attempt(fourth), refused)).isEqualTo(Verdict.RETRY);
  }

  @Test
  void theRouteOfACallOutlivesItsSnapshot() {
    Route.Builder old = route().name("old").to(Destination.subset("v1", 1));
    Mesh mesh = mesh(policy(old), V1, V2);
    MeshCall call = mesh.open();
    Attempt attempt = mesh.attempt(call);
    mesh.policy(ServicePolicy.NONE, V2);
    assertThat(call.finish(attempt, Outcome.failure(Failure.CONNECT, null)))
        .isEqualTo(Verdict.RETRY);
    mesh.clock.advance(1, TimeUnit.SECONDS);
    Step.Fail fail = (Step.Fail) call.next();
    assertThat(fail.message).contains("subset 'v1'");
    IntervalReport report = mesh.engine.takeInterval();
    assertThat(report.series).allSatisfy(each -> assertThat(each.route).isEqualTo("old"));
  }
}
