package dev.meshagent.it.policy;

import static dev.meshagent.it.policy.PolicyMesh.subsets;
import static dev.meshagent.it.policy.PolicyMesh.virtualService;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.testbed.Polling;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** What Istio's Bookinfo shows of routing, with VirtualService and DestinationRule. */
@EnabledIf("dev.meshagent.testbed.Kubectl#isThere")
class BookinfoIT {
  private static PolicyMesh mesh;

  @BeforeAll
  static void start() {
    mesh = new PolicyMesh();
  }

  @AfterAll
  static void stop() {
    mesh.discardLogs();
    mesh.close();
  }

  private static long by(String version, List<PolicyMesh.Answer> answers) {
    return answers.stream().filter(answer -> answer.by().equals(version)).count();
  }

  @Test
  void allGoesToOneVersionThenATesterToAnotherThenHalfOfEverybodyToAThird() {
    mesh.serve("reviews", "v1", "v2", "v3");
    mesh.apply(
        subsets("reviews", "v1", "v2", "v3")
            + virtualService("reviews", "- route: [{destination: {host: reviews, subset: v1}}]"));
    assertThat(by("v1", mesh.calls(30, "jdk GET http://reviews/1"))).isEqualTo(30);

    mesh.apply(
        virtualService(
            "reviews",
            """
            - match: [{headers: {end-user: {exact: jason}}}]
              route: [{destination: {host: reviews, subset: v2}}]
            - route: [{destination: {host: reviews, subset: v1}}]
            """));
    assertThat(by("v2", mesh.calls(20, "jdk GET http://reviews/2 end-user=jason"))).isEqualTo(20);
    assertThat(by("v1", mesh.calls(20, "jdk GET http://reviews/2 end-user=else"))).isEqualTo(20);

    mesh.apply(
        virtualService(
            "reviews",
            """
            - route:
              - {destination: {host: reviews, subset: v1}, weight: 50}
              - {destination: {host: reviews, subset: v3}, weight: 50}
            """));
    List<PolicyMesh.Answer> half = mesh.calls(400, "jdk GET http://reviews/3");
    // Five standard deviations to either side.
    assertThat(by("v3", half)).isBetween(150L, 250L);
    assertThat(by("v1", half) + by("v3", half)).isEqualTo(400);
  }

  @Test
  void aFifthAndATenthAndATesterOutOfAllOthersGoToAnotherVersion() {
    mesh.serve("shares", "v1", "v2", "v3");
    mesh.apply(subsets("shares", "v1", "v2", "v3"));
    for (int percent : new int[] {20, 10}) {
      mesh.apply(
          virtualService(
              "shares",
              """
              - route:
                - {destination: {host: shares, subset: v1}, weight: %d}
                - {destination: {host: shares, subset: v2}, weight: %d}
              """
                  .formatted(100 - percent, percent)));
      List<PolicyMesh.Answer> answers = mesh.calls(400, "jdk GET http://shares/");
      long wanted = 4L * percent;
      // Five standard deviations of the larger share.
      assertThat(by("v2", answers)).isBetween(wanted - 40, wanted + 40);
      assertThat(by("v1", answers) + by("v2", answers)).isEqualTo(400);
    }
    mesh.apply(
        virtualService(
            "shares",
            """
            - match: [{headers: {end-user: {exact: jason}}}]
              route: [{destination: {host: shares, subset: v2}}]
            - route: [{destination: {host: shares, subset: v3}}]
            """));
    assertThat(by("v2", mesh.calls(20, "jdk GET http://shares/ end-user=jason"))).isEqualTo(20);
    assertThat(by("v3", mesh.calls(20, "jdk GET http://shares/"))).isEqualTo(20);
  }

  @Test
  void whatIsMoreThanALimitIsRefusedInTheCaller() {
    List<Echo> servers = mesh.serve("limited", "v1");
    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: limited}
        spec:
          host: limited
          trafficPolicy:
            connectionPool: {http: {http2MaxRequests: 1, http1MaxPendingRequests: 1}}
            outlierDetection: {consecutive5xxErrors: 1, interval: 1s, baseEjectionTime: 3m}
        """);
    assertThat(by("v1", mesh.calls(5, "jdk GET http://limited/"))).isEqualTo(5);

    int before = servers.get(0).served();
    var stuck = mesh.begin("jdk GET http://limited/stuck");
    Polling.until(
        () -> servers.get(0).served() == before + 1,
        Duration.ofSeconds(60),
        () -> "the first call did not arrive");
    var further =
        Stream.generate(() -> mesh.begin("jdk GET http://limited/more")).limit(4).toList();
    Polling.until(
        () -> further.stream().filter(CompletableFuture::isDone).count() == 3,
        Duration.ofSeconds(60),
        () -> "of four calls, one waits and three are refused; there were " + further);
    assertThat(further.stream().filter(CompletableFuture::isDone))
        .allMatch(refused -> refused.join().text().contains("raise the limits"));
    assertThat(stuck).isNotDone();
    assertThat(servers.get(0).served()).isEqualTo(before + 1);
  }

  @Test
  void aTesterIsDelayedAndAnotherAborted() {
    mesh.serve("ratings", "v1");
    mesh.apply(
        virtualService(
            "ratings",
            """
            - match: [{headers: {end-user: {exact: jason}}}]
              fault: {delay: {fixedDelay: 400ms, percentage: {value: 100}}}
              route: [{destination: {host: ratings}}]
            - match: [{headers: {end-user: {exact: ann}}}]
              fault: {abort: {httpStatus: 555, percentage: {value: 100}}}
              route: [{destination: {host: ratings}}]
            - route: [{destination: {host: ratings}}]
            """));

    assertThat(mesh.call("jdk GET http://ratings/ end-user=jason").millis())
        .isGreaterThanOrEqualTo(400);
    assertThat(mesh.call("jdk GET http://ratings/ end-user=ann").status()).isEqualTo(555);
    assertThat(mesh.call("jdk GET http://ratings/").by()).isEqualTo("v1");
  }

  @Test
  void aCallThatTakesTooLongIsGivenUp() {
    mesh.serve("slow", "v1");
    mesh.apply(virtualService("slow", "- {timeout: 300ms, route: [{destination: {host: slow}}]}"));
    // Over a connection that is kept, since on a busy machine connecting may take as long.
    Polling.until(
        () -> mesh.call("jdk GET http://slow/").status() == 200,
        Duration.ofSeconds(60),
        () -> "no call of 60 s took less than 300 ms");

    PolicyMesh.Answer answer = mesh.call("jdk GET http://slow/stuck");
    assertThat(answer.status()).as(answer.text()).isNotEqualTo(200);
    assertThat(answer.text()).contains("HttpTimeoutException").contains("no answer within");
  }

  @Test
  void copiesGoAsideAndTheirAnswersToNobody() {
    List<Echo> servers = mesh.serve("httpbin", "v1", "v2");
    mesh.apply(
        subsets("httpbin", "v1", "v2")
            + virtualService(
                "httpbin",
                """
                - route: [{destination: {host: httpbin, subset: v1}}]
                  mirrors: [{destination: {host: httpbin, subset: v2}, percentage: {value: 100}}]
                """));
    int before = servers.get(1).served();

    assertThat(by("v1", mesh.calls(5, "url GET http://httpbin/copied"))).isEqualTo(5);
    assertThat(by("v1", mesh.calls(5, "jdk GET http://httpbin/copied"))).isEqualTo(5);
    Polling.until(
        () -> servers.get(1).served() == before + 10,
        Duration.ofSeconds(60),
        () -> "copied " + (servers.get(1).served() - before) + " of 10");
  }

  @Test
  void aSlowAnswerIsAskedForElsewhereToo() {
    List<Echo> servers = mesh.serve("hedged", "v1", "v2");
    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: hedged, annotations: {mesh-agent.dev/hedge-after: 50ms}}
        spec:
          hosts: [hedged]
          http: [{route: [{destination: {host: hedged}}]}]
        ---
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: hedged}
        spec: {host: hedged, trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}}
        ---
        """);
    int before = servers.get(0).served();

    assertThat(by("v2", mesh.calls(6, "jdk GET http://hedged/stuck-at-v1"))).isEqualTo(6);
    // The answer of the one may be there before the other has begun.
    Polling.until(
        () -> servers.get(0).served() > before,
        Duration.ofSeconds(60),
        () -> "v1 was never asked first");
  }

  @Test
  void aPathIsRedirectedAnotherRewrittenAnotherAnsweredAtOnce() {
    mesh.serve("details", "v1");
    mesh.apply(
        virtualService(
            "details",
            """
            - match: [{uri: {exact: /old}}]
              redirect: {uri: /new, authority: details.example, redirectCode: 302}
            - match: [{uri: {prefix: /api/v1/}}]
              rewrite: {uri: /}
              headers: {request: {set: {x-echo: rewritten}}}
              route: [{destination: {host: details}}]
            - match: [{uri: {exact: /closed}}]
              directResponse: {status: 503, body: {string: closed}}
            """));

    PolicyMesh.Answer moved = mesh.call("jdk GET http://details/old?a=b");
    assertThat(moved.status()).isEqualTo(302);
    assertThat(moved.location()).isEqualTo("http://details.example/new?a=b");
    assertThat(mesh.call("jdk GET http://details/api/v1/x").text())
        .isEqualTo("v1 GET /x rewritten");
    PolicyMesh.Answer closed = mesh.call("jdk GET http://details/closed");
    assertThat(closed.status()).isEqualTo(503);
    assertThat(closed.text()).isEqualTo("closed");
    assertThat(mesh.call("jdk GET http://details/else").status()).isEqualTo(404);
  }

  @Test
  void aVersionThatHasFailedIsTriedAgainElsewhereAsOftenAsIsWritten() {
    List<Echo> servers = mesh.serve("flaky", "v1", "v2");
    mesh.apply(
        virtualService(
            "flaky",
            """
            - retries: {attempts: 2, retryOn: connect-failure, perTryTimeout: 60s}
              route: [{destination: {host: flaky}}]
            """));
    servers.get(0).close();

    assertThat(by("v2", mesh.calls(10, "jdk GET http://flaky/"))).isEqualTo(10);
  }

  @Test
  void anotherServiceTakesAShareOfTheCalls() {
    mesh.serve("shipping", "old");
    mesh.serve("shipping-next", "new");
    mesh.apply(
        virtualService(
            "shipping",
            """
            - match: [{queryParams: {next: {exact: yes-please}}}]
              route: [{destination: {host: shipping-next}}]
            - route: [{destination: {host: shipping}}]
            """));

    assertThat(mesh.call("jdk GET http://shipping/?next=yes-please").by()).isEqualTo("new");
    assertThat(mesh.call("jdk GET http://shipping/").by()).isEqualTo("old");
    assertThat(
            mesh.explain("GET", "http://shipping/?next=yes-please")
                .at("/destinations/0/service")
                .asText())
        .isEqualTo("default/shipping-next");
  }

  @Test
  void whatCannotBeObeyedIsRefusedAndNothingChanges() {
    mesh.serve("refused", "v1");
    String good = virtualService("refused", "- route: [{destination: {host: refused}}]");

    PolicyMesh.Reply form =
        mesh.tryApply(
            good + virtualService("other", "- {timeout: soon, route: [{destination: {host: x}}]}"));
    assertThat(form.status()).isEqualTo(422);
    assertThat(form.body().toString()).contains("spec.http[0].timeout");

    PolicyMesh.Reply conflict =
        mesh.tryApply(good + good.replace("name: refused}", "name: second}"));
    assertThat(conflict.status()).isEqualTo(422);
    assertThat(conflict.body().toString())
        .contains("VirtualService default/refused already routes for the same callers");
    assertThat(mesh.explain("GET", "http://refused/").path("from").toString())
        .doesNotContain("VirtualService");
  }
}
