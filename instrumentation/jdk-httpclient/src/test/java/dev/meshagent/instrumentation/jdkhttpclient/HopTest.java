package dev.meshagent.instrumentation.jdkhttpclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.scripted.AdapterExtension;
import dev.meshagent.scripted.GrowingLimit;
import dev.meshagent.scripted.ScriptedMesh;
import dev.meshagent.scripted.ScriptedMesh.Call;
import dev.meshagent.scripted.TestServers;
import dev.meshagent.scripted.Waker;
import java.io.IOException;
import java.io.InputStream;
import java.net.Authenticator;
import java.net.ConnectException;
import java.net.CookieManager;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The advice in this JVM's own client, against an engine whose answers are written beforehand. */
@Timeout(30)
class HopTest {
  private static final String CANCEL_NOT_RELAYED =
      "before JDK 16 the client does not relay a future's cancel to the exchange";
  private static final long LONG_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final ScriptedMesh mesh = new ScriptedMesh();

  @RegisterExtension
  final AdapterExtension adapter =
      new AdapterExtension(mesh, new JdkHttpClientModule()).remembering(Hops::underWay);

  private final TestServers servers = new TestServers();
  private final CountDownLatch testOver = new CountDownLatch(1);
  private final HttpClient client = HttpClient.newBuilder().build();

  @AfterEach
  void close() {
    testOver.countDown();
    servers.close();
  }

  @Test
  void theEndpointIsCalledUnderTheNameAsWritten() throws Exception {
    mesh.service(
        "orders",
        servers.start(
            exchange ->
                TestServers.answer(exchange, 200, host(exchange) + exchange.getRequestURI())));
    HttpResponse<String> response = get("http://orders/a%20b?c=d");
    assertThat(response.body()).isEqualTo("orders/a%20b?c=d");
    assertThat(response.uri()).isEqualTo(URI.create("http://orders/a%20b?c=d"));
    Call call = only();
    assertThat(call.head.scheme()).isEqualTo("http");
    assertThat(call.head.port()).isEqualTo(-1);
    assertThat(call.head.pathAndQuery()).isEqualTo("/a%20b?c=d");
    assertThat(call.outcomes).extracting(outcome -> outcome.status).containsExactly(200);
    assertThat(call.released.getCount()).isZero();
  }

  @Test
  void connectionsAreKeptPerEndpoint() throws Exception {
    List<Integer> ports = new ArrayList<>();
    InetSocketAddress one =
        servers.start(exchange -> TestServers.answer(exchange, 200, peer(exchange)));
    InetSocketAddress two =
        servers.start(exchange -> TestServers.answer(exchange, 200, peer(exchange)));
    mesh.service("orders", one, two);
    for (int i = 0; i < 6; i++) {
      ports.add(Integer.parseInt(get("http://orders/").body()));
    }
    assertThat(ports.subList(2, 4)).isEqualTo(ports.subList(0, 2));
    assertThat(ports.subList(4, 6)).isEqualTo(ports.subList(0, 2));
    assertThat(ports.get(0)).isNotEqualTo(ports.get(1));
  }

  @Test
  void aRefusedConnectionGoesToAnotherEndpoint() throws Exception {
    InetSocketAddress live = servers.start(exchange -> TestServers.answer(exchange, 200, "live"));
    InetSocketAddress dead = TestServers.refusing();
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(ScriptedMesh.attempt(dead))
                .then(new Step.Wait(TimeUnit.MILLISECONDS.toNanos(5)))
                .then(ScriptedMesh.attempt(live))
                .retrying(outcome -> outcome.failure == Failure.CONNECT));
    HttpRequest post =
        HttpRequest.newBuilder(URI.create("http://orders/"))
            .POST(BodyPublishers.fromPublisher(BodyPublishers.ofString("once"), 4))
            .build();
    assertThat(client.send(post, BodyHandlers.ofString()).body()).isEqualTo("live");
    assertThat(only().outcomes)
        .extracting(outcome -> outcome.failure)
        .containsExactly(Failure.CONNECT, Failure.NONE);
  }

  @Test
  void aResponseThatTheEngineDoesNotWantIsTriedAgain() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    InetSocketAddress flaky =
        servers.start(
            exchange -> {
              String body = new String(exchange.getRequestBody().readAllBytes());
              boolean first = requests.incrementAndGet() == 1;
              exchange.getResponseHeaders().add("Retry-After", "2");
              TestServers.answer(exchange, first ? 503 : 200, body + requests);
            });
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(ScriptedMesh.attempt(flaky))
                .then(ScriptedMesh.attempt(flaky))
                .retrying(outcome -> outcome.status == 503));
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(URI.create("http://orders/"))
                .PUT(BodyPublishers.ofString("body"))
                .build(),
            BodyHandlers.ofString());
    assertThat(response.body()).isEqualTo("body2");
    assertThat(only().outcomes).extracting(outcome -> outcome.status).containsExactly(503, 200);
    assertThat(only().outcomes.peek().retryAfterNanos).isEqualTo(2_000_000_000L);
    assertThat(only().head.repeatable()).isTrue();
  }

  @Test
  void everyAttemptExpectsToContinueOnce() throws Exception {
    List<List<String>> expectations = new CopyOnWriteArrayList<>();
    InetSocketAddress flaky =
        servers.start(
            exchange -> {
              expectations.add(exchange.getRequestHeaders().get("Expect"));
              String body = new String(exchange.getRequestBody().readAllBytes());
              TestServers.answer(exchange, expectations.size() == 1 ? 503 : 200, body);
            });
    InetSocketAddress dead = TestServers.refusing();
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(ScriptedMesh.attempt(dead))
                .then(ScriptedMesh.attempt(flaky))
                .then(ScriptedMesh.attempt(flaky))
                .retrying(outcome -> outcome.status != 200));
    HttpRequest put =
        request("http://orders/").expectContinue(true).PUT(BodyPublishers.ofString("body")).build();
    assertThat(client.send(put, BodyHandlers.ofString()).body()).isEqualTo("body");
    assertThat(expectations).hasSize(2).allSatisfy(each -> assertThat(each).hasSize(1));
  }

  @Test
  void aPublisherOfTheApplicationIsGoodForOneSubscriberOnly() throws Exception {
    mesh.service("orders", servers.start(exchange -> TestServers.answer(exchange, 200, "")));
    client.send(
        HttpRequest.newBuilder(URI.create("http://orders/"))
            .POST(BodyPublishers.ofInputStream(() -> InputStream.nullInputStream()))
            .build(),
        BodyHandlers.discarding());
    assertThat(only().head.repeatable()).isFalse();
  }

  @Test
  void theClientDoesNotTryAgainWhereTheMeshGaveUp() throws Exception {
    InetSocketAddress dead = TestServers.refusing();
    mesh.service("orders", dead);
    assertThatThrownBy(() -> get("http://orders/")).isInstanceOf(ConnectException.class);
    assertThat(mesh.calls).hasSize(1);
    assertThat(only().outcomes)
        .extracting(outcome -> outcome.failure)
        .containsExactly(Failure.CONNECT);
  }

  @Test
  void aFailureIsTheClientsOwnExceptionWithTheEnginesMessage() {
    fails(Step.Fail.Reason.NO_ENDPOINT);
    assertThatThrownBy(() -> get("http://orders/"))
        .isInstanceOf(ConnectException.class)
        .hasMessage("orders: NO_ENDPOINT");
    fails(Step.Fail.Reason.TIMEOUT);
    assertThatThrownBy(() -> get("http://orders/"))
        .isInstanceOf(HttpTimeoutException.class)
        .hasMessage("orders: TIMEOUT");
    fails(Step.Fail.Reason.LIMIT);
    assertThatThrownBy(() -> get("http://orders/"))
        .isInstanceOf(IOException.class)
        .hasMessage("orders: LIMIT");
    assertThat(mesh.calls).hasSize(3);
  }

  @Test
  void aSynthesizedResponseLooksLikeAnyOther() throws Exception {
    byte[] body = "fault".getBytes(StandardCharsets.UTF_8);
    mesh.script(
        "orders", head -> new Call(head).then(new Step.Respond(418, Map.of("x-by", "mesh"), body)));
    HttpResponse<String> response = get("http://orders/tea");
    assertThat(response.statusCode()).isEqualTo(418);
    assertThat(response.body()).isEqualTo("fault");
    assertThat(response.headers().firstValue("X-By")).hasValue("mesh");
    assertThat(response.uri()).isEqualTo(URI.create("http://orders/tea"));
    assertThat(response.request().uri()).isEqualTo(URI.create("http://orders/tea"));
    assertThat(response.previousResponse()).isEmpty();
    assertThat(response.sslSession()).isEmpty();
    try (InputStream stream =
        client.send(request("http://orders/tea").build(), BodyHandlers.ofInputStream()).body()) {
      assertThat(stream.readAllBytes()).isEqualTo(body);
    }
  }

  @Test
  void aHandlerThatFailsWithoutABodyLeavesNothingBehind() throws Exception {
    mesh.service("orders", servers.start(exchange -> TestServers.answer(exchange, 204, "")));
    mesh.script(
        "nothing", head -> new Call(head).then(new Step.Respond(204, Map.of(), new byte[0])));
    for (String host : List.of("orders", "nothing")) {
      assertThatThrownBy(
              () ->
                  client.send(
                      request("http://" + host + "/").build(),
                      info -> {
                        throw new IllegalStateException("no handler for " + info.statusCode());
                      }))
          .hasMessageContaining("no handler for 204");
    }
    assertThat(mesh.calls.peek().released.getCount()).isZero();
  }

  @Test
  void aSynthesizedRedirectIsFollowedAsTheClientIsTold() throws Exception {
    mesh.script("old", head -> new Call(head).then(new Step.Redirect(302, "http://orders/there")));
    mesh.service(
        "orders", servers.start(exchange -> TestServers.answer(exchange, 200, host(exchange))));
    assertThat(get("http://old/").statusCode()).isEqualTo(302);
    HttpResponse<String> followed =
        HttpClient.newBuilder()
            .followRedirects(Redirect.NORMAL)
            .build()
            .send(request("http://old/").build(), BodyHandlers.ofString());
    assertThat(followed.body()).isEqualTo("orders");
    assertThat(followed.uri()).isEqualTo(URI.create("http://orders/there"));
    assertThat(followed.previousResponse().get().statusCode()).isEqualTo(302);
  }

  @Test
  void redirectsEnterAndLeaveTheMesh() throws Exception {
    InetSocketAddress outside = servers.start(exchange -> redirect(exchange, "http://inside/"));
    mesh.service(
        "orders",
        servers.start(
            exchange -> redirect(exchange, "http://127.0.0.1:" + outside.getPort() + "/")));
    mesh.service(
        "inside", servers.start(exchange -> TestServers.answer(exchange, 200, host(exchange))));
    HttpResponse<String> response =
        HttpClient.newBuilder()
            .followRedirects(Redirect.NORMAL)
            .build()
            .send(request("http://orders/").build(), BodyHandlers.ofString());
    assertThat(response.body()).isEqualTo("inside");
    assertThat(mesh.calls).hasSize(2);
    for (Call call : mesh.calls) {
      call.released.await();
    }
  }

  @Test
  void cookiesAndCredentialsAreTheHostsAsWritten() throws Exception {
    mesh.service(
        "orders",
        servers.start(
            exchange -> {
              String authorization = exchange.getRequestHeaders().getFirst("Authorization");
              if (authorization == null) {
                exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"x\"");
                exchange.getResponseHeaders().add("Set-Cookie", "seen=yes");
                TestServers.answer(exchange, 401, "");
              } else {
                TestServers.answer(exchange, 200, exchange.getRequestHeaders().getFirst("Cookie"));
              }
            }));
    AtomicReference<String> asked = new AtomicReference<>();
    HttpClient withBoth =
        HttpClient.newBuilder()
            .cookieHandler(new CookieManager())
            .authenticator(
                new Authenticator() {
                  @Override
                  protected PasswordAuthentication getPasswordAuthentication() {
                    asked.set(getRequestingHost());
                    return new PasswordAuthentication("me", "secret".toCharArray());
                  }
                })
            .build();
    HttpResponse<String> response =
        withBoth.send(request("http://orders/").build(), BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).contains("seen=yes");
    assertThat(asked).hasValue("orders");
    assertThat(mesh.calls).hasSize(2);
  }

  @Test
  void aFilterThatFailsLeavesNothingBehind() throws Exception {
    mesh.service("orders", servers.start(exchange -> TestServers.answer(exchange, 401, "")));
    HttpClient authenticating =
        HttpClient.newBuilder().authenticator(new Authenticator() {}).build();
    assertThatThrownBy(
            () -> authenticating.send(request("http://orders/").build(), BodyHandlers.ofString()))
        .isInstanceOf(IOException.class);
    only().released.await();
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_16, disabledReason = CANCEL_NOT_RELAYED)
  void aQueuedCallCanBeCancelled() throws Exception {
    Waker waker = new Waker();
    mesh.script("orders", head -> new Call(head).then(waker));
    CompletableFuture<HttpResponse<String>> future =
        client.sendAsync(request("http://orders/").build(), BodyHandlers.ofString());
    waker.parked();
    future.cancel(true);
    assertCancelled(future);
    only().cancelled.await();
  }

  @Test
  void theRequestsTimeoutEndsAWait() throws Exception {
    mesh.script("orders", head -> new Call(head).then(new Step.Wait(LONG_NANOS)));
    assertThatThrownBy(
            () ->
                client.send(
                    request("http://orders/").timeout(Duration.ofMillis(50)).build(),
                    BodyHandlers.ofString()))
        .isInstanceOf(HttpTimeoutException.class);
    assertThat(only().cancelled.getCount()).isZero();
  }

  @Test
  void aTimeoutThatPassesBeforeTheEngineIsAskedEndsAWait() {
    mesh.script(
        "orders",
        head -> {
          CountDownLatch passed = new CountDownLatch(1);
          mesh.schedule(passed::countDown, 100, TimeUnit.MILLISECONDS);
          try {
            passed.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return new Call(head).then(new Step.Wait(LONG_NANOS));
        });
    assertThatThrownBy(
            () ->
                client.send(
                    request("http://orders/").timeout(Duration.ofMillis(1)).build(),
                    BodyHandlers.ofString()))
        .isInstanceOf(HttpTimeoutException.class);
    assertThat(only().cancelled.getCount()).isZero();
  }

  @Test
  void theRequestsTimeoutBoundsAllAttempts() throws Exception {
    Call call = GrowingLimit.from(100, this::timedOutOnceSent);
    assertThat(call.outcomes)
        .extracting(outcome -> outcome.failure)
        .containsExactly(Failure.TIMEOUT);
  }

  /** Null where the machine was too busy for the request to be sent by then. */
  private Call timedOutOnceSent(long millis) throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    InetSocketAddress slow = servers.silent(arrived::countDown);
    mesh.calls.clear();
    mesh.script(
        "orders", head -> new Call(head).then(ScriptedMesh.attempt(slow)).retrying(o -> true));
    HttpRequest impatient = request("http://orders/").timeout(Duration.ofMillis(millis)).build();
    IOException thrown =
        catchThrowableOfType(
            IOException.class, () -> client.send(impatient, BodyHandlers.ofString()));
    if (arrived.getCount() > 0) {
      return null;
    }
    assertThat(thrown).isInstanceOf(HttpTimeoutException.class).hasMessage("request timed out");
    return only();
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_16, disabledReason = CANCEL_NOT_RELAYED)
  void aCancelledCallSaysNothingAboutTheEndpoint() throws Exception {
    CountDownLatch received = new CountDownLatch(1);
    mesh.service("orders", servers.silent(received::countDown));
    CompletableFuture<HttpResponse<String>> future =
        client.sendAsync(request("http://orders/").build(), BodyHandlers.ofString());
    received.await();
    future.cancel(true);
    assertCancelled(future);
    only().cancelled.await();
    assertThat(only().outcomes)
        .extracting(outcome -> outcome.failure)
        .containsExactly(Failure.CANCELLED);
  }

  @Test
  void theConnectTimeoutIsOfEachConnection() throws Exception {
    InetSocketAddress live = servers.start(exchange -> TestServers.answer(exchange, 200, "live"));
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket first = new Socket(full.getInetAddress(), full.getLocalPort());
        Socket second = new Socket(full.getInetAddress(), full.getLocalPort())) {
      InetSocketAddress stuck = (InetSocketAddress) full.getLocalSocketAddress();
      mesh.script(
          "orders",
          head ->
              new Call(head)
                  .then(ScriptedMesh.attempt(stuck))
                  .then(ScriptedMesh.attempt(live))
                  .retrying(outcome -> outcome.failure == Failure.CONNECT_TIMEOUT));
      HttpClient impatient = HttpClient.newBuilder().connectTimeout(Duration.ofMillis(400)).build();
      HttpResponse<String> response =
          impatient.send(request("http://orders/").build(), BodyHandlers.ofString());
      assertThat(response.body()).isEqualTo("live");
      assertThat(only().outcomes)
          .extracting(outcome -> outcome.failure)
          .startsWith(Failure.CONNECT_TIMEOUT)
          .endsWith(Failure.NONE);
      assertThat(first.isConnected() && second.isConnected()).isTrue();
    }
  }

  @Test
  void aConnectionThatWasMadeMayHaveSentSomething() {
    ConnectException late = new ConnectException("HTTP connect timed out");
    assertThat(Outcomes.failure(late, true, false, false)).isEqualTo(Failure.CONNECT_TIMEOUT);
    assertThat(Outcomes.failure(late, true, true, false)).isEqualTo(Failure.RESET);
    assertThat(Outcomes.failure(new IOException("closed"), true, true, false))
        .isEqualTo(Failure.RESET);
  }

  @Test
  void aStreamingBodyIsOutstandingToItsEnd() throws Exception {
    CountDownLatch half = new CountDownLatch(1);
    mesh.service(
        "orders",
        servers.start(
            exchange -> {
              exchange.sendResponseHeaders(200, 2);
              exchange.getResponseBody().write('a');
              exchange.getResponseBody().flush();
              half.await();
              exchange.getResponseBody().write('b');
              exchange.close();
            }));
    HttpResponse<InputStream> response =
        client.send(request("http://orders/").build(), BodyHandlers.ofInputStream());
    assertThat(response.body().read()).isEqualTo('a');
    assertThat(only().released.getCount()).isOne();
    half.countDown();
    assertThat(response.body().read()).isEqualTo('b');
    assertThat(response.body().read()).isEqualTo(-1);
    only().released.await();
  }

  @Test
  void aStreamingBodyThatIsClosedEarlyIsReleased() throws Exception {
    mesh.service(
        "orders",
        servers.start(
            exchange -> {
              exchange.sendResponseHeaders(200, 0);
              exchange.getResponseBody().write('a');
              exchange.getResponseBody().flush();
              testOver.await();
            }));
    HttpResponse<InputStream> response =
        client.send(request("http://orders/").build(), BodyHandlers.ofInputStream());
    response.body().close();
    only().released.await();
  }

  @Test
  void aWebSocketOpensAtTheEndpoint() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      mesh.service("chat", (InetSocketAddress) server.getLocalSocketAddress());
      CompletableFuture<String> greeting = new CompletableFuture<>();
      CompletableFuture<WebSocket> opened =
          client
              .newWebSocketBuilder()
              .buildAsync(
                  URI.create("ws://chat/room"),
                  new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(
                        WebSocket socket, CharSequence data, boolean last) {
                      greeting.complete(data.toString());
                      return null;
                    }
                  });
      try (Socket accepted = server.accept()) {
        String head = WebSocketServer.greet(accepted, "hi");
        assertThat(head).startsWith("GET /room ").contains("Host: chat\r\n");
        opened.get();
        assertThat(greeting.get()).isEqualTo("hi");
        opened.get().abort();
      }
      assertThat(only().outcomes).extracting(outcome -> outcome.status).containsExactly(101);
      assertThat(only().released.getCount()).isZero();
    }
  }

  @Test
  void aFailureToConnectKeepsItsKind() throws Exception {
    InetSocketAddress dead = TestServers.refusing();
    for (Failure failure : List.of(Failure.CONNECT, Failure.CONNECT_TIMEOUT)) {
      Step.Fail fail = new Step.Fail(Step.Fail.Reason.CONNECT_FAILED, "orders: none", null);
      assertThat(Outcomes.exception(fail, failure))
          .isInstanceOf(
              failure == Failure.CONNECT
                  ? ConnectException.class
                  : HttpConnectTimeoutException.class);
    }
    SSLHandshakeException untrusted = new SSLHandshakeException("untrusted");
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(ScriptedMesh.attempt(dead))
                .then(new Step.Fail(Step.Fail.Reason.CONNECT_FAILED, "orders: none", untrusted))
                .retrying(outcome -> true));
    assertThatThrownBy(() -> get("http://orders/"))
        .isInstanceOf(IOException.class)
        .hasMessage("orders: none");
    assertThat(mesh.calls).hasSize(1);
  }

  @Test
  @EnabledForJreRange(
      min = JRE.JAVA_17,
      disabledReason = "the client of JDK 11 says of it only that no response came")
  void anHttpsCallOfAPlainTextPortIsAFailureToConnect() throws Exception {
    try (ServerSocket plain = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread answering = new Thread(() -> answerUnasked(plain), "plain server");
      answering.setDaemon(true);
      answering.start();
      mesh.script(
          "orders",
          head ->
              new Call(head)
                  .then(ScriptedMesh.attempt((InetSocketAddress) plain.getLocalSocketAddress()))
                  .then(new Step.Fail(Step.Fail.Reason.CONNECT_FAILED, "orders: none left", null))
                  .retrying(outcome -> outcome.failure == Failure.CONNECT));
      for (Version version : Version.values()) {
        HttpRequest call =
            HttpRequest.newBuilder(URI.create("https://orders/")).version(version).build();
        assertThatThrownBy(() -> client.send(call, BodyHandlers.ofString()))
            .hasMessage("orders: none left");
      }
    }
  }

  private static void answerUnasked(ServerSocket server) {
    List<Socket> open = new ArrayList<>();
    try {
      while (true) {
        Socket accepted = server.accept();
        open.add(accepted);
        accepted.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes());
      }
    } catch (IOException testOver) {
      // Closed.
    }
  }

  @Test
  void manyCallsAtATimeEachKeepTheirOwnEndpoint() throws Exception {
    InetSocketAddress one =
        servers.start(
            exchange -> TestServers.answer(exchange, 200, "1" + exchange.getRequestURI()));
    InetSocketAddress two =
        servers.start(
            exchange -> TestServers.answer(exchange, 200, "2" + exchange.getRequestURI()));
    mesh.service("one", one);
    mesh.service("two", two);
    List<CompletableFuture<String>> bodies = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      String uri = "http://" + (i % 2 == 0 ? "one" : "two") + "/" + i;
      bodies.add(
          client
              .sendAsync(request(uri).build(), BodyHandlers.ofString())
              .thenApply(HttpResponse::body));
    }
    for (int i = 0; i < 200; i++) {
      assertThat(bodies.get(i).get()).isEqualTo((i % 2 == 0 ? "1/" : "2/") + i);
    }
    assertThat(mesh.calls).hasSize(200).allMatch(call -> call.released.getCount() == 0);
  }

  /** The client's cancel races with what it cancels, with the agent or without. */
  private static void assertCancelled(CompletableFuture<?> future) {
    assertThatThrownBy(future::get)
        .satisfiesAnyOf(
            thrown -> assertThat(thrown).isInstanceOf(CancellationException.class),
            thrown -> assertThat(thrown).hasCauseInstanceOf(CancellationException.class));
  }

  private HttpResponse<String> get(String uri) throws Exception {
    return client.send(request(uri).build(), BodyHandlers.ofString());
  }

  private static HttpRequest.Builder request(String uri) {
    return HttpRequest.newBuilder(URI.create(uri)).version(Version.HTTP_1_1);
  }

  private Call only() {
    assertThat(mesh.calls).hasSize(1);
    return mesh.calls.peek();
  }

  private void fails(Step.Fail.Reason reason) {
    mesh.script(
        "orders", head -> new Call(head).then(new Step.Fail(reason, "orders: " + reason, null)));
  }

  private static void redirect(HttpExchange exchange, String to) throws IOException {
    exchange.getResponseHeaders().add("Location", to);
    TestServers.answer(exchange, 302, "");
  }

  private static String host(HttpExchange exchange) {
    return exchange.getRequestHeaders().getFirst("Host");
  }

  private static String peer(HttpExchange exchange) {
    return Integer.toString(exchange.getRemoteAddress().getPort());
  }
}
