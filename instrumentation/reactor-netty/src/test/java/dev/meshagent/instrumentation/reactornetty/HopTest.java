package dev.meshagent.instrumentation.reactornetty;

import static dev.meshagent.scripted.TestServers.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import dev.meshagent.engine.snapshot.policy.RetryPolicy;
import dev.meshagent.scripted.AdapterExtension;
import dev.meshagent.scripted.ScriptedAttempt;
import dev.meshagent.scripted.ScriptedMesh;
import dev.meshagent.scripted.ScriptedMesh.Call;
import dev.meshagent.scripted.TestServers;
import dev.meshagent.scripted.Waker;
import io.netty.buffer.ByteBuf;
import io.netty.handler.timeout.ReadTimeoutException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.ConnectionProvider;

/** What of the steps is Reactor Netty's own affair: pools, streams, hedges, giving up. */
@Timeout(30)
class HopTest {
  private static final byte[] LARGE = new byte[3_000_000];

  private final ScriptedMesh mesh = new ScriptedMesh();

  @RegisterExtension
  final AdapterExtension adapter = new AdapterExtension(mesh, new ReactorNettyModule());

  private final TestServers servers = new TestServers();
  private final ConnectionProvider connections = ConnectionProvider.create("hops", 10);
  private final HttpClient client = HttpClient.create(connections);

  @AfterEach
  void nothingIsLeftOver() {
    connections.dispose();
    servers.close();
  }

  @Test
  void connectionsAreKeptAndKeptApartByNameAndEndpoint() throws Exception {
    Set<Integer> first = ConcurrentHashMap.newKeySet();
    Set<Integer> second = ConcurrentHashMap.newKeySet();
    InetSocketAddress one = counting(first);
    mesh.service("orders", one, counting(second));
    mesh.service("payments", one);
    for (int i = 0; i < 10; i++) {
      text("http://orders/");
    }
    text("http://payments/");
    assertThat(first).hasSize(2);
    assertThat(second).hasSize(1);
    for (Call call : mesh.calls) {
      call.released.await();
      assertThat(call.outcomes).singleElement().matches(outcome -> !outcome.multiplexed);
    }
  }

  @Test
  void whatAListenerThrowsFailsTheCallAsWithoutTheMesh() throws Exception {
    mesh.service("orders", servers.start(exchange -> answer(exchange, 200, "")));
    IllegalStateException thrown = new IllegalStateException("on purpose");
    HttpClient listening =
        client.doOnResponse(
            (response, connection) -> {
              throw thrown;
            });
    assertThatThrownBy(() -> listening.get().uri("http://orders/").response().block())
        .isSameAs(thrown);
    for (Call call : mesh.calls) {
      call.released.await();
    }
  }

  @Test
  void headersThatTheLibraryRefusesAreNotTheApplicationsTrouble() throws Exception {
    ScriptedAttempt attempt = ScriptedMesh.attempt(servers.echo("x"));
    attempt.requestHeaders = new HeaderOps(Map.of("X", "two\nlines"), Map.of(), List.of());
    attempt.responseHeaders = attempt.requestHeaders;
    mesh.script("orders", head -> new Call(head).then(attempt));
    assertThat(text("http://orders/")).isEqualTo("orders/ null");
    assertThat(mesh.errors).hasSize(2).allMatch(IllegalArgumentException.class::isInstance);
    mesh.errors.clear();
  }

  @Test
  void aConnectionIsNotKeptForADroppedBodyThatDoesNotEnd() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    AtomicInteger requests = new AtomicInteger();
    DisposableServer endless =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .handle(
                (request, response) -> {
                  if (requests.incrementAndGet() > 1) {
                    return response.sendString(Mono.just("ordered"));
                  }
                  response.withConnection(
                      connection ->
                          connection
                              .onTerminate()
                              .subscribe(null, broken -> closed.countDown(), closed::countDown));
                  Flux<String> body = Flux.concat(Mono.just("never"), Mono.<String>never());
                  return response.status(503).send(ByteBufFlux.fromString(body), piece -> true);
                })
            .bindNow();
    try {
      repeating("orders", (InetSocketAddress) endless.address(), outcome -> outcome.status == 503);
      assertThat(text("http://orders/")).isEqualTo("ordered");
      closed.await();
    } finally {
      endless.disposeNow();
    }
  }

  @Test
  void aBodyIsAskedForOnceAndSentByEachAttempt() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    AtomicInteger subscriptions = new AtomicInteger();
    Queue<String> bodies = new ConcurrentLinkedQueue<>();
    InetSocketAddress unready =
        servers.start(
            exchange -> {
              bodies.add(TestServers.body(exchange) + exchange.getRequestHeaders().get("X-Key"));
              answer(exchange, bodies.size() == 1 ? 503 : 200, "");
            });
    repeating("orders", unready, outcome -> outcome.status == 503);
    Flux<String> body = Flux.defer(() -> Flux.just("a", "b" + subscriptions.incrementAndGet()));
    int status =
        client
            .put()
            .uri("http://orders/")
            .send(
                (request, outbound) -> {
                  request.header("X-Key", "key" + asked.incrementAndGet());
                  return outbound.send(ByteBufFlux.fromString(body));
                })
            .response()
            .block()
            .status()
            .code();
    assertThat(status).isEqualTo(200);
    assertThat(bodies).containsExactly("ab1[key1]", "ab1[key1]");
    assertThat(asked).hasValue(1);
    assertThat(subscriptions).hasValue(1);
  }

  @Test
  void aBodyIsSentAgainAfterTheConnectionBroke() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    InetSocketAddress breaking =
        servers.start(
            exchange -> {
              String body = TestServers.body(exchange);
              if (requests.incrementAndGet() == 1) {
                throw new IOException("broken on purpose");
              }
              answer(exchange, 200, body);
            });
    repeating("orders", breaking, outcome -> outcome.failure == Failure.RESET);
    assertThat(put(ByteBufFlux.fromString(Flux.just("wr", "itten")))).isEqualTo("200 written");
  }

  @Test
  void aBodyIsSentAgainOverHttp2() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    DisposableServer unready =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .protocol(HttpProtocol.H2C)
            .handle(
                (request, response) ->
                    response
                        .status(requests.incrementAndGet() == 1 ? 503 : 200)
                        .send(request.receive().retain()))
            .bindNow();
    try {
      repeating("orders", at(unready), outcome -> outcome.status == 503);
      Flux<String> body = Flux.just("wr", "itten").publish().autoConnect();
      assertThat(put(client.protocol(HttpProtocol.H2C), ByteBufFlux.fromString(body)))
          .isEqualTo("200 written");
    } finally {
      unready.disposeNow();
    }
  }

  @Test
  void aSentBodyIsNotAskedForAgainWhereTheAgentCannotSendItAgain() throws Exception {
    ScriptedAttempt broken = ScriptedMesh.attempt(servers.echo("x"));
    broken.unlinked = new NoClassDefFoundError("missing on purpose");
    assertFailsAfterTheFirstAttempt(
        first ->
            new Call(first.head) {
              @Override
              public synchronized Step next() {
                return outcomes.isEmpty() ? first.next() : broken;
              }
            });
    assertThat(mesh.errors.remove()).isSameAs(broken.unlinked);
  }

  @Test
  void aSentBodyIsNotAskedForAgainWhereTheEngineFails() throws Exception {
    IllegalStateException broken = new IllegalStateException("broken on purpose");
    assertFailsAfterTheFirstAttempt(
        first ->
            new Call(first.head) {
              @Override
              public synchronized Step next() {
                if (!outcomes.isEmpty()) {
                  throw broken;
                }
                return first.next();
              }
            });
    assertThat(mesh.errors.remove()).isSameAs(broken);
  }

  /** Where the second step of a call is the agent's error. */
  private void assertFailsAfterTheFirstAttempt(UnaryOperator<Call> failing) throws Exception {
    Queue<String> bodies = new ConcurrentLinkedQueue<>();
    InetSocketAddress unready =
        servers.start(
            exchange -> {
              bodies.add(TestServers.body(exchange));
              answer(exchange, 503, "");
            });
    AtomicInteger subscriptions = new AtomicInteger();
    Flux<String> body = Flux.defer(() -> Flux.just("body" + subscriptions.incrementAndGet()));
    // Where the call would go without the agent.
    String host = "localhost";
    mesh.script(
        host,
        head ->
            failing
                .apply(new Call(head).then(policed(unready)))
                .retrying(outcome -> outcome.status == 503));
    assertThatThrownBy(
            () ->
                client
                    .put()
                    .uri("http://" + host + ":" + unready.getPort() + "/")
                    .send(ByteBufFlux.fromString(body))
                    .response()
                    .block())
        .hasCauseInstanceOf(IOException.class)
        .hasMessageContaining("mesh-agent failed to send the request and its body again");
    assertThat(bodies).containsExactly("body1");
    assertThat(subscriptions).hasValue(1);
  }

  @Test
  void anAttemptUnderWayAnswersThoughTheEngineFailsToHedgeIt() throws Exception {
    CountDownLatch failed = new CountDownLatch(1);
    AtomicInteger requests = new AtomicInteger();
    InetSocketAddress slow =
        servers.start(
            exchange -> {
              requests.incrementAndGet();
              failed.await();
              answer(exchange, 200, "first");
            });
    IllegalStateException broken = new IllegalStateException("broken on purpose");
    ScriptedAttempt first = ScriptedMesh.attempt(slow);
    first.hedgeAfterNanos = TimeUnit.MILLISECONDS.toNanos(20);
    String host = "localhost";
    AtomicInteger steps = new AtomicInteger();
    mesh.script(
        host,
        head ->
            new Call(head) {
              @Override
              public synchronized Step next() {
                if (steps.incrementAndGet() == 1) {
                  return first;
                }
                failed.countDown();
                throw broken;
              }
            });
    assertThat(text("http://" + host + ":" + slow.getPort() + "/")).isEqualTo("first");
    assertThat(requests).hasValue(1);
    assertThat(mesh.errors.remove()).isSameAs(broken);
  }

  @Test
  void aLongBodyIsNotSentAgain() throws Exception {
    InetSocketAddress unready = servers.start(exchange -> answer(exchange, 503, "busy"));
    repeating("orders", unready, outcome -> outcome.status == 503);
    assertThat(put(ByteBufFlux.fromInbound(Mono.just(LARGE)))).isEqualTo("503 busy");
    assertThat(mesh.calls.element().head.repeatable()).isFalse();
  }

  @Test
  void aBodyThatNoPolicyWantsAgainIsNotCopied() throws Exception {
    mesh.service("orders", servers.start(exchange -> answer(exchange, 503, "busy")));
    assertThat(put(ByteBufFlux.fromString(Mono.just("x")))).isEqualTo("503 busy");
    assertThat(mesh.calls.element().head.repeatable()).isFalse();
  }

  @Test
  void aRequestWithoutABodyCanBeRepeatedAfterItsResponse() throws Exception {
    mesh.service("orders", servers.echo("x"));
    text("http://orders/");
    assertThat(mesh.calls.element().head.repeatable()).isTrue();
  }

  @Test
  void aBodyGoesToTheNextEndpointIfTheFirstRefusesTheConnection() throws Exception {
    InetSocketAddress dead = TestServers.refusing();
    InetSocketAddress live =
        servers.start(
            exchange ->
                answer(
                    exchange,
                    200,
                    Integer.toString(exchange.getRequestBody().readAllBytes().length)));
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(ScriptedMesh.attempt(dead))
                .then(ScriptedMesh.attempt(live))
                .retrying(outcome -> outcome.failure == Failure.CONNECT));
    String length =
        client
            .post()
            .uri("http://orders/")
            .send(ByteBufFlux.fromInbound(Mono.just(LARGE)))
            .responseContent()
            .aggregate()
            .asString()
            .block();
    assertThat(length).isEqualTo(Integer.toString(LARGE.length));
  }

  @Test
  void theSlowerOfTwoHedgedAttemptsIsBrokenOff() throws Exception {
    ScriptedAttempt slow = ScriptedMesh.attempt(servers.silent());
    slow.hedgeAfterNanos = TimeUnit.MILLISECONDS.toNanos(20);
    InetSocketAddress live = servers.echo("x");
    mesh.script("orders", head -> new Call(head).then(slow).then(ScriptedMesh.attempt(live)));
    assertThat(text("http://orders/")).startsWith("orders/");
    assertThat(mesh.calls.element().outcomes)
        .extracting(outcome -> outcome.failure)
        .containsExactlyInAnyOrder(Failure.NONE, Failure.CANCELLED);
  }

  @Test
  void aHedgeThatIsDueWhileTheBodyIsWrittenIsSentOnceThatIsWhole() throws Exception {
    CompletableFuture<String> rest = new CompletableFuture<>();
    ScriptedAttempt slow =
        ScriptedMesh.attempt(
            servers.start(
                exchange -> {
                  while (mesh.timersNow() > 0) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                  }
                  rest.complete("itten");
                  new CountDownLatch(1).await();
                }));
    slow.hedgeAfterNanos = TimeUnit.MILLISECONDS.toNanos(50);
    InetSocketAddress live =
        servers.start(exchange -> answer(exchange, 200, TestServers.body(exchange)));
    mesh.script("orders", head -> new Call(head).then(slow).then(ScriptedMesh.attempt(live)));
    Flux<String> body = Flux.concat(Mono.just("wr"), Mono.fromFuture(rest));
    assertThat(put(ByteBufFlux.fromString(body))).isEqualTo("200 written");
  }

  @Test
  void theApplicationsResponseTimeoutBoundsWaitsAndAttemptsTogether() throws Exception {
    mesh.script("orders", head -> new Call(head).then(new Step.Wait(TimeUnit.HOURS.toNanos(1))));
    assertThatThrownBy(
            () ->
                client
                    .responseTimeout(Duration.ofMillis(50))
                    .get()
                    .uri("http://orders/")
                    .response()
                    .block())
        .isInstanceOf(ReadTimeoutException.class);
    mesh.calls.element().cancelled.await();
  }

  @Test
  void theApplicationsResponseTimeoutIsNotTriedAgain() throws Exception {
    InetSocketAddress silent = servers.silent();
    mesh.script(
        "orders",
        head -> new Call(head).then(ScriptedMesh.attempt(silent)).retrying(outcome -> true));
    assertThatThrownBy(
            () ->
                client
                    .responseTimeout(Duration.ofMillis(50))
                    .get()
                    .uri("http://orders/")
                    .response()
                    .block())
        .isInstanceOf(ReadTimeoutException.class);
    assertThat(mesh.calls).hasSize(1);
    assertThat(mesh.calls.element().outcomes).hasSize(1);
  }

  @Test
  void aWaitingCallCanBeCancelled() throws Exception {
    Waker waker = new Waker();
    mesh.script("orders", head -> new Call(head).then(waker));
    Disposable subscribed = client.get().uri("http://orders/").response().subscribe();
    subscribed.dispose();
    mesh.calls.element().cancelled.await();
    assertThat(mesh.timers()).isZero();
  }

  @Test
  void anAttemptUnderWayCanBeCancelled() throws Exception {
    CompletableFuture<Void> arrived = new CompletableFuture<>();
    InetSocketAddress silent =
        servers.start(
            exchange -> {
              arrived.complete(null);
              Thread.sleep(TimeUnit.HOURS.toMillis(1));
            });
    mesh.service("orders", silent);
    Disposable subscribed = client.get().uri("http://orders/").response().subscribe();
    arrived.get();
    subscribed.dispose();
    Call call = mesh.calls.element();
    call.cancelled.await();
    assertThat(call.outcomes).singleElement().matches(o -> o.failure == Failure.CANCELLED);
  }

  @Test
  void aResponseThatIsAbandonedIsReleased() throws Exception {
    mesh.service(
        "orders",
        servers.start(
            exchange -> {
              exchange.sendResponseHeaders(200, 0);
              try (OutputStream out = exchange.getResponseBody()) {
                out.write(LARGE);
              } catch (IOException closed) {
                exchange.close();
              }
            }));
    client.get().uri("http://orders/").responseContent().take(1).blockLast();
    mesh.calls.element().released.await();
  }

  @Test
  void aRedirectIsAHopOfItsOwn() throws Exception {
    mesh.service(
        "orders",
        servers.start(
            exchange -> {
              exchange.getResponseHeaders().add("Location", "http://payments/b");
              answer(exchange, 302, "");
            }));
    mesh.service("payments", servers.echo("x"));
    String text =
        client
            .followRedirect(true)
            .get()
            .uri("http://orders/a")
            .responseContent()
            .aggregate()
            .asString()
            .block();
    assertThat(text).startsWith("payments/b");
    assertThat(mesh.calls).hasSize(2);
    for (Call call : mesh.calls) {
      call.released.await();
    }
  }

  @Test
  void theApplicationSeesTheUrlItWrote() throws Exception {
    ScriptedAttempt attempt = ScriptedMesh.attempt(servers.echo("x"));
    attempt.pathAndQuery = "/new";
    mesh.script("orders", head -> new Call(head).then(attempt));
    assertThat(client.get().uri("http://orders/old").response().block().resourceUrl())
        .isEqualTo("http://orders/old");
  }

  @Test
  void callsOverHttp2ShareConnectionsOfTheirEndpoint() throws Exception {
    DisposableServer one = multiplexing("one");
    DisposableServer two = multiplexing("two");
    try {
      mesh.service("orders", at(one), at(two));
      HttpClient multiplexed = client.protocol(HttpProtocol.H2C);
      for (int i = 0; i < 6; i++) {
        String text =
            multiplexed
                .get()
                .uri("http://orders/")
                .responseContent()
                .aggregate()
                .asString()
                .block();
        assertThat(text).isEqualTo((i % 2 == 0 ? "one" : "two") + " orders");
      }
      for (Call call : mesh.calls) {
        call.released.await();
        assertThat(call.outcomes).singleElement().matches(outcome -> outcome.multiplexed);
      }
    } finally {
      one.disposeNow();
      two.disposeNow();
    }
  }

  @Test
  void aRefusedConnectionIsTheLibrarysOwnFailure() throws Exception {
    mesh.service("orders", TestServers.refusing());
    assertThatThrownBy(() -> text("http://orders/")).hasRootCauseInstanceOf(ConnectException.class);
    assertThat(mesh.calls).hasSize(1);
  }

  /** An attempt by the policy that is in force where nobody wrote one. */
  private static ScriptedAttempt policed(InetSocketAddress endpoint) {
    ScriptedAttempt attempt = ScriptedMesh.attempt(endpoint);
    attempt.retryPolicy = RetryPolicy.DEFAULT;
    return attempt;
  }

  /** Calls are tried there until the outcome is another, if the request can be sent again. */
  private void repeating(String host, InetSocketAddress endpoint, Predicate<Outcome> again) {
    mesh.script(
        host,
        head ->
            new Call(head)
                .then(policed(endpoint))
                .retrying(outcome -> again.test(outcome) && head.repeatable()));
  }

  private String put(Publisher<ByteBuf> body) {
    return put(client, body);
  }

  private static String put(HttpClient with, Publisher<ByteBuf> body) {
    return with.put()
        .uri("http://orders/")
        .send(body)
        .responseSingle(
            (head, content) -> content.asString().map(text -> head.status().code() + " " + text))
        .block();
  }

  private String text(String uri) {
    return client.get().uri(uri).responseContent().aggregate().asString().block();
  }

  /** Notes the client's ports. */
  private InetSocketAddress counting(Set<Integer> ports) throws IOException {
    return servers.start(
        exchange -> {
          ports.add(exchange.getRemoteAddress().getPort());
          answer(exchange, 200, "counted");
        });
  }

  private static DisposableServer multiplexing(String name) {
    return HttpServer.create()
        .host("127.0.0.1")
        .port(0)
        .protocol(HttpProtocol.H2C)
        .handle(
            (request, response) ->
                response.sendByteArray(
                    Mono.just(
                        (name + " " + request.requestHeaders().get("host"))
                            .getBytes(StandardCharsets.UTF_8))))
        .bindNow();
  }

  private static InetSocketAddress at(DisposableServer server) {
    return (InetSocketAddress) server.address();
  }
}
