package dev.meshagent.scripted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import dev.meshagent.scripted.ScriptedMesh.Call;
import dev.meshagent.spi.Mesh;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What an adapter makes of each kind of step, and of an engine that fails. A test of an adapter
 * extends it and says how its library sends a request.
 */
@Timeout(30)
public abstract class StepBehaviours {
  protected final ScriptedMesh mesh = new ScriptedMesh();
  protected final TestServers servers = new TestServers();
  private final ExecutorService application = Executors.newCachedThreadPool();

  /** How long the application lets its library wait for an answer, in ms; 0 for its default. */
  protected int timeoutMillis;

  /**
   * Sends a request without a body through the library, as a blocking call would.
   *
   * @throws Exception the library's own, unwrapped
   */
  protected abstract Answer send(String method, String uri) throws Exception;

  /** What the library throws when time is up. */
  protected Class<? extends Exception> timeoutException() {
    return SocketTimeoutException.class;
  }

  /** Whether the library follows redirects. */
  protected boolean followsRedirects() {
    return true;
  }

  /** Whether the adapter hears of it when the library fails to read a body. */
  protected boolean hearsOfBrokenBodies() {
    return true;
  }

  private Answer get(String uri) throws Exception {
    return send("GET", uri);
  }

  @BeforeEach
  void install() {
    Mesh.install(mesh);
  }

  @AfterEach
  void nothingIsLeftOver() {
    servers.close();
    application.shutdownNow();
    assertThat(mesh.errors).isEmpty();
    assertThat(mesh.timers()).isZero();
  }

  @Test
  void aHostThatIsNoMeshNameIsLeftAlone() throws Exception {
    InetSocketAddress plain = servers.echo("x");
    Answer answer = get("http://127.0.0.1:" + plain.getPort() + "/p");
    assertThat(answer.body).isEqualTo("127.0.0.1:" + plain.getPort() + "/p null");
    assertThat(mesh.calls).isEmpty();
  }

  @Test
  void theEndpointIsCalledUnderTheNameAsWritten() throws Exception {
    mesh.service("orders", servers.echo("x"));
    assertThat(get("http://orders/a%20b?c=d").body).isEqualTo("orders/a%20b?c=d null");
    Call call = mesh.calls.element();
    assertThat(call.head.scheme()).isEqualTo("http");
    assertThat(call.head.method()).isEqualTo("GET");
    assertThat(call.head.port()).isEqualTo(-1);
    assertThat(call.head.pathAndQuery()).isEqualTo("/a%20b?c=d");
    assertThat(call.outcomes).extracting(outcome -> outcome.status).containsExactly(200);
  }

  @Test
  void theRequestIsRewrittenAndHeadersAreChangedBothWays() throws Exception {
    ScriptedAttempt attempt = ScriptedMesh.attempt(servers.echo("x-mesh"));
    attempt.pathAndQuery = "/inner?q=1";
    attempt.authority = "other.example";
    attempt.requestHeaders = new HeaderOps(Map.of("X-Mesh", "set"), Map.of(), List.of("x-drop"));
    attempt.responseHeaders = new HeaderOps(Map.of(), Map.of("X-Added", "yes"), List.of("Date"));
    mesh.script("orders", head -> new Call(head).then(attempt));
    Answer answer = get("http://orders/outer");
    assertThat(answer.body).isEqualTo("other.example/inner?q=1 set");
    assertThat(answer.headers).containsEntry("x-added", "yes").doesNotContainKey("date");
  }

  @Test
  void aRedirectOfARewrittenRequestIsFollowedFromTheOneThatWasWritten() throws Exception {
    assumeTrue(followsRedirects());
    assertThat(redirectedFromRewritten("../done")).isEqualTo("orders/p/done null");
    assertThat(redirectedFromRewritten("/done")).isEqualTo("orders/done null");
    assertThat(redirectedFromRewritten("http://payments/to")).isEqualTo("payments/to null");
  }

  private String redirectedFromRewritten(String location) throws Exception {
    ScriptedAttempt attempt =
        ScriptedMesh.attempt(
            servers.start(
                exchange -> {
                  exchange.getResponseHeaders().set("Location", location);
                  boolean asRewritten = exchange.getRequestURI().getPath().equals("/inner/x");
                  TestServers.answer(exchange, asRewritten ? 302 : 500, "");
                }));
    attempt.pathAndQuery = "/inner/x";
    attempt.authority = "other.example";
    attempt.requestHeaders = new HeaderOps(Map.of("x-mesh", "secret"), Map.of(), List.of());
    ScriptedAttempt plain = ScriptedMesh.attempt(servers.echo("x-mesh"));
    mesh.script(
        "orders",
        head -> new Call(head).then(head.pathAndQuery().equals("/p/q/r") ? attempt : plain));
    mesh.script("payments", head -> new Call(head).then(plain));
    return get("http://orders/p/q/r").body;
  }

  @Test
  void aRetriedRequestHasTheHeadersOfAFirstOne() throws Exception {
    InetSocketAddress flaky =
        servers.start(
            exchange ->
                TestServers.answer(
                    exchange,
                    exchange.getRequestHeaders().containsKey("X-Second") ? 200 : 503,
                    exchange.getRequestHeaders().get("Host").toString()));
    ScriptedAttempt second = ScriptedMesh.attempt(flaky);
    second.requestHeaders = new HeaderOps(Map.of("X-Second", "1"), Map.of(), List.of());
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(ScriptedMesh.attempt(flaky))
                .then(new Step.Wait(TimeUnit.MILLISECONDS.toNanos(1)))
                .then(second)
                .retrying(outcome -> outcome.status == 503));
    Answer answer = get("http://orders/");
    assertThat(answer.status).isEqualTo(200);
    assertThat(answer.body).isEqualTo("[orders]");
  }

  @Test
  void aRefusedConnectionGoesToAnotherEndpoint() throws Exception {
    InetSocketAddress live = servers.echo("x");
    InetSocketAddress dead = TestServers.refusing();
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(ScriptedMesh.attempt(dead))
                .then(ScriptedMesh.attempt(live))
                .retrying(outcome -> outcome.failure == Failure.CONNECT));
    assertThat(get("http://orders/").status).isEqualTo(200);
  }

  @Test
  void aConnectThatTakesTooLongGoesToAnotherEndpoint() throws Exception {
    InetSocketAddress live = servers.echo("x");
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket first = new Socket(full.getInetAddress(), full.getLocalPort());
        Socket second = new Socket(full.getInetAddress(), full.getLocalPort())) {
      ScriptedAttempt stuck =
          ScriptedMesh.attempt((InetSocketAddress) full.getLocalSocketAddress());
      stuck.connectTimeoutNanos = TimeUnit.MILLISECONDS.toNanos(100);
      mesh.script(
          "orders",
          head ->
              new Call(head)
                  .then(stuck)
                  .then(ScriptedMesh.attempt(live))
                  .retrying(outcome -> outcome.failure == Failure.CONNECT_TIMEOUT));
      assertThat(get("http://orders/").status).isEqualTo(200);
      assertThat(first.isConnected() && second.isConnected()).isTrue();
    }
    assertFailures(Failure.CONNECT_TIMEOUT, Failure.NONE);
  }

  @Test
  void anAttemptThatTakesTooLongIsBrokenOff() throws Exception {
    InetSocketAddress slow = servers.silent();
    InetSocketAddress live = servers.echo("x");
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(ScriptedMesh.attempt(slow, TimeUnit.MILLISECONDS.toNanos(300)))
                .then(ScriptedMesh.attempt(live))
                .retrying(outcome -> outcome.failure == Failure.TIMEOUT));
    assertThat(get("http://orders/").status).isEqualTo(200);
    assertFailures(Failure.TIMEOUT, Failure.NONE);
  }

  @Test
  void whereTheApplicationWaitsNoLongerTheEngineIsToldSoAndNothingIsTriedAgain() throws Exception {
    InetSocketAddress silent = servers.silent();
    mesh.script(
        "orders",
        head -> new Call(head).then(ScriptedMesh.attempt(silent)).retrying(outcome -> true));
    timeoutMillis = 100;
    assertThatThrownBy(() -> get("http://orders/")).isInstanceOf(timeoutException());
    Call only = mesh.calls.element();
    only.cancelled.await();
    assertThat(only.outcomes)
        .singleElement()
        .matches(outcome -> outcome.failure == Failure.TIMEOUT && !outcome.awaited);
  }

  @Test
  void aWaitEndsWithTheApplicationsPatience() throws Exception {
    InetSocketAddress live = servers.echo("x");
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(new Step.Wait(TimeUnit.MINUTES.toNanos(1)))
                .then(ScriptedMesh.attempt(live)));
    timeoutMillis = 100;
    assertThatThrownBy(() -> get("http://orders/")).isInstanceOf(timeoutException());
    Call only = mesh.calls.element();
    only.cancelled.await();
    assertThat(only.outcomes).isEmpty();
  }

  @Test
  void aSynthesizedResponseLooksLikeAnyOther() throws Exception {
    byte[] body = "fault".getBytes(StandardCharsets.UTF_8);
    mesh.script(
        "orders", head -> new Call(head).then(new Step.Respond(418, Map.of("x-by", "mesh"), body)));
    Answer answer = get("http://orders/tea");
    assertThat(answer.status).isEqualTo(418);
    assertThat(answer.body).isEqualTo("fault");
    assertThat(answer.headers).containsEntry("x-by", "mesh").containsEntry("content-length", "5");
  }

  @Test
  void aSynthesizedAnswerToHeadTellsALengthWithoutABody() throws Exception {
    byte[] body = "fault".getBytes(StandardCharsets.UTF_8);
    mesh.script("orders", head -> new Call(head).then(new Step.Respond(200, Map.of(), body)));
    Answer answer = send("HEAD", "http://orders/");
    assertThat(answer.status).isEqualTo(200);
    assertThat(answer.body).isEmpty();
    assertThat(answer.headers).containsEntry("content-length", "5");
  }

  @Test
  void aSynthesizedResponseMayHaveNoBody() throws Exception {
    mesh.script(
        "orders", head -> new Call(head).then(new Step.Respond(204, Map.of(), new byte[0])));
    Answer answer = get("http://orders/");
    assertThat(answer.status).isEqualTo(204);
    assertThat(answer.body).isEmpty();
    assertThat(answer.headers).doesNotContainKey("content-length");
  }

  @Test
  void aSynthesizedRedirectIsFollowed() throws Exception {
    mesh.script("old", head -> new Call(head).then(new Step.Redirect(302, "http://orders/there")));
    mesh.service("orders", servers.echo("x"));
    Answer answer = get("http://old/");
    if (followsRedirects()) {
      assertThat(answer.body).isEqualTo("orders/there null");
    } else {
      assertThat(answer.status).isEqualTo(302);
      assertThat(answer.headers).containsEntry("location", "http://orders/there");
    }
  }

  @Test
  void aFailureIsTheLibrarysOwnExceptionWithTheEnginesMessageAndIsNotRepeated() {
    fails(Step.Fail.Reason.NO_ENDPOINT);
    assertThatThrownBy(() -> get("http://orders/"))
        .isInstanceOf(ConnectException.class)
        .hasMessage("orders: NO_ENDPOINT");
    fails(Step.Fail.Reason.TIMEOUT);
    assertThatThrownBy(() -> get("http://orders/"))
        .isInstanceOf(timeoutException())
        .hasMessage("orders: TIMEOUT");
    fails(Step.Fail.Reason.ABORTED);
    assertThatThrownBy(() -> get("http://orders/"))
        .isInstanceOf(IOException.class)
        .hasMessage("orders: ABORTED");
    assertThat(mesh.calls).hasSize(3);
  }

  @Test
  void theLibraryDoesNotTryAgainWhereTheMeshGaveUp() throws Exception {
    InetSocketAddress dead = TestServers.refusing();
    mesh.service("orders", dead);
    assertThatThrownBy(() -> get("http://orders/")).isInstanceOf(ConnectException.class);
    assertThat(mesh.calls).hasSize(1);
    assertFailures(Failure.CONNECT);
  }

  @Test
  void aQueuedCallGoesOnWhenItIsWoken() throws Exception {
    InetSocketAddress live = servers.echo("x");
    Waker waker = new Waker();
    mesh.script("orders", head -> new Call(head).then(waker).then(ScriptedMesh.attempt(live)));
    CompletableFuture<Answer> answer = inBackground("http://orders/");
    waker.wake();
    assertThat(answer.get().status).isEqualTo(200);
  }

  @Test
  void aQueuedCallMayTurnOutNotToBeOurs() throws Exception {
    InetSocketAddress live = servers.echo("x");
    Waker waker = new Waker();
    mesh.script("localhost", head -> new Call(head).then(waker).then(Step.PASS));
    CompletableFuture<Answer> answer = inBackground("http://localhost:" + live.getPort() + "/");
    waker.wake();
    assertThat(answer.get().body).startsWith("localhost:");
  }

  @Test
  void aCopyIsSentAside() throws Exception {
    CompletableFuture<String> mirrored = new CompletableFuture<>();
    InetSocketAddress aside =
        servers.start(
            exchange -> {
              mirrored.complete(exchange.getRequestURI().toString());
              TestServers.answer(exchange, 500, "thrown away");
            });
    ScriptedAttempt attempt = ScriptedMesh.attempt(servers.echo("x"));
    attempt.mirrors = List.of(ScriptedMesh.attempt(aside));
    mesh.script("orders", head -> new Call(head).then(attempt));
    assertThat(get("http://orders/p").status).isEqualTo(200);
    assertThat(mirrored.get()).isEqualTo("/p");
  }

  @Test
  void aPoolHoldsConnectionsToManyEndpoints() throws Exception {
    Set<String> connections = ConcurrentHashMap.newKeySet();
    InetSocketAddress[] endpoints = new InetSocketAddress[50];
    for (int i = 0; i < endpoints.length; i++) {
      endpoints[i] =
          servers.start(
              exchange -> {
                connections.add(exchange.getLocalAddress() + " " + exchange.getRemoteAddress());
                TestServers.answer(exchange, 200, "kept");
              });
    }
    mesh.service("orders", endpoints);
    for (int i = 0; i < 2 * endpoints.length; i++) {
      get("http://orders/");
    }
    int warm = connections.size();
    for (int i = 0; i < 1000; i++) {
      get("http://orders/");
    }
    assertThat(connections.size() - warm).as("new connections per 1,000 calls").isLessThan(6);
  }

  @Test
  void aBodyThatDoesNotEndDoesNotHoldTheRetry() throws Exception {
    InetSocketAddress unending = servers.unending();
    InetSocketAddress live = servers.echo("x");
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(ScriptedMesh.attempt(unending))
                .then(ScriptedMesh.attempt(live))
                .retrying(outcome -> outcome.status == 503));
    assertThat(get("http://orders/").status).isEqualTo(200);
  }

  @Test
  void aBodyThatBreaksHalfWayIsToldToTheEngine() throws Exception {
    assumeTrue(hearsOfBrokenBodies());
    InetSocketAddress breaking =
        servers.start(
            exchange -> {
              exchange.sendResponseHeaders(200, 1000);
              exchange.getResponseBody().write(new byte[500]);
              exchange.getResponseBody().flush();
              throw new IOException("broken on purpose");
            });
    mesh.service("orders", breaking);
    assertThatThrownBy(() -> get("http://orders/")).isInstanceOf(IOException.class);
    mesh.calls.element().released.await();
    assertFailures(Failure.NONE, Failure.RESET);
  }

  @Test
  void anAttemptThatTheAgentCannotRewriteIsGivenBackAndTheRequestGoesAsEver() throws Exception {
    ScriptedAttempt attempt = ScriptedMesh.attempt(servers.echo("x"));
    attempt.broken = new IllegalStateException("broken on purpose");
    assertGoesAsEver(attempt, attempt.broken);
  }

  @Test
  void anAttemptThatTheAgentCannotLimitIsGivenBackAndTheRequestGoesAsEver() throws Exception {
    ScriptedAttempt attempt = ScriptedMesh.attempt(servers.echo("x"));
    attempt.unlinked = new NoClassDefFoundError("missing on purpose");
    assertGoesAsEver(attempt, attempt.unlinked);
  }

  @Test
  void aFurtherAttemptThatTheAgentCannotSendLetsTheRequestGoAsEver() throws Exception {
    ScriptedAttempt second = ScriptedMesh.attempt(servers.echo("x"));
    second.broken = new IllegalStateException("broken on purpose");
    second.unlinked = new NoClassDefFoundError("missing on purpose");
    InetSocketAddress plain = servers.echo("x");
    InetSocketAddress dead = TestServers.refusing();
    ScriptedAttempt first = ScriptedMesh.attempt(dead);
    first.requestHeaders = new HeaderOps(Map.of("X", "of the first"), Map.of(), List.of());
    mesh.script(
        "localhost",
        head ->
            new Call(head)
                .then(first)
                .then(second)
                .retrying(outcome -> outcome.failure == Failure.CONNECT));
    String authority = "localhost:" + plain.getPort();
    assertThat(get("http://" + authority + "/").body).isEqualTo(authority + "/ null");
    assertThat(errorsOnPurpose()).hasSize(1);
  }

  @Test
  void aResponseThatTheAgentCannotRewriteIsDeliveredAsItCame() throws Exception {
    InetSocketAddress plain = servers.echo("x");
    ScriptedAttempt attempt = ScriptedMesh.attempt(plain);
    attempt.brokenAnswer = new IllegalStateException("broken on purpose");
    mesh.script("localhost", head -> new Call(head).then(attempt));
    String authority = "localhost:" + plain.getPort();
    assertThat(get("http://" + authority + "/").body).isEqualTo(authority + "/ null");
    assertThat(errorsOnPurpose()).containsOnly(attempt.brokenAnswer);
  }

  private void assertGoesAsEver(ScriptedAttempt attempt, Throwable error) throws Exception {
    InetSocketAddress plain = servers.echo("x");
    mesh.script("localhost", head -> new Call(head).then(attempt));
    String authority = "localhost:" + plain.getPort();
    assertThat(get("http://" + authority + "/").body).isEqualTo(authority + "/ null");
    assertThat(errorsOnPurpose()).containsExactly(error);
    Call only = mesh.calls.element();
    assertThat(only.cancelled.getCount() == 0 || !only.outcomes.isEmpty())
        .as("the engine was told that the attempt is over")
        .isTrue();
  }

  /** What the agent reported, and what any advice threw. */
  private List<Throwable> errorsOnPurpose() {
    List<Throwable> all = new ArrayList<>(mesh.errors);
    all.addAll(Weaving.suppressed());
    mesh.errors.clear();
    Weaving.suppressed().clear();
    return all;
  }

  @Test
  void anEngineThatFailsToOpenLeavesTheCallAlone() throws Exception {
    InetSocketAddress plain = servers.echo("x");
    IllegalStateException broken = new IllegalStateException("broken on purpose");
    mesh.script(
        "localhost",
        head -> {
          throw broken;
        });
    assertThat(get("http://localhost:" + plain.getPort() + "/").status).isEqualTo(200);
    assertThat(mesh.errors.remove()).isSameAs(broken);
  }

  @Test
  void anEngineThatFailsToDecideLeavesTheCallAlone() throws Exception {
    InetSocketAddress plain = servers.echo("x");
    IllegalStateException broken = new IllegalStateException("broken on purpose");
    mesh.script(
        "localhost",
        head ->
            new Call(head) {
              @Override
              public Step next() {
                throw broken;
              }
            });
    assertThat(get("http://localhost:" + plain.getPort() + "/").status).isEqualTo(200);
    assertThat(mesh.errors.remove()).isSameAs(broken);
  }

  @Test
  void anEngineThatFailsToJudgeDeliversWhatCame() throws Exception {
    InetSocketAddress live = servers.echo("x");
    IllegalStateException broken = new IllegalStateException("broken on purpose");
    mesh.script(
        "orders",
        head ->
            new Call(head) {
              @Override
              public Verdict finish(Attempt attempt, Outcome outcome) {
                throw broken;
              }
            }.then(ScriptedMesh.attempt(live)));
    assertThat(get("http://orders/").status).isEqualTo(200);
    assertThat(mesh.errors.remove()).isSameAs(broken);
  }

  /** How the attempts of the first call ended, in order. */
  protected void assertFailures(Failure... expected) {
    assertThat(mesh.calls.element().outcomes)
        .extracting(outcome -> outcome.failure)
        .containsExactly(expected);
  }

  /** Sends from another thread, as the library's caller might. */
  protected CompletableFuture<Answer> inBackground(String uri) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    application.execute(
        () -> {
          try {
            answer.complete(get(uri));
          } catch (Throwable e) {
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }

  private void fails(Step.Fail.Reason reason) {
    // As the engine says it: with what the last attempt failed with.
    IOException last = new IOException("the last attempt's");
    mesh.script(
        "orders", head -> new Call(head).then(new Step.Fail(reason, "orders: " + reason, last)));
  }
}
