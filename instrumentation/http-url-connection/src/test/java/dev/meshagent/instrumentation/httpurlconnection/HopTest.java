package dev.meshagent.instrumentation.httpurlconnection;

import static dev.meshagent.scripted.TestServers.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.engine.call.Step;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import dev.meshagent.scripted.AdapterExtension;
import dev.meshagent.scripted.ScriptedAttempt;
import dev.meshagent.scripted.ScriptedMesh;
import dev.meshagent.scripted.ScriptedMesh.Call;
import dev.meshagent.scripted.TestServers;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.Authenticator;
import java.net.ConnectException;
import java.net.CookieHandler;
import java.net.CookieManager;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The advice in this JVM's own client, against an engine whose answers are written beforehand. */
@Timeout(30)
class HopTest {
  private static final byte[] LARGE = new byte[3_000_000];

  private final ScriptedMesh mesh = new ScriptedMesh();

  @RegisterExtension
  final AdapterExtension adapter =
      new AdapterExtension(mesh, new HttpUrlConnectionModule())
          .remembering(() -> Hops.CONNECTIONS.inUse() + Hops.PARKED.size());

  private final TestServers servers = new TestServers();

  @AfterEach
  void close() {
    CookieHandler.setDefault(null);
    Authenticator.setDefault(null);
    servers.close();
  }

  @Test
  void theServerSeesTheHostAsWrittenAndTheApplicationItsUrl() throws Exception {
    mesh.service("orders", servers.echo("User-Agent"));
    HttpURLConnection connection = open("http://orders/a?b=c");
    connection.setRequestProperty("User-Agent", "test");
    assertThat(text(connection)).isEqualTo("orders/a?b=c test");
    assertThat(connection.getURL()).hasToString("http://orders/a?b=c");
    RequestHead head = only().head;
    assertThat(head.pathAndQuery()).isEqualTo("/a?b=c");
    assertThat(head.method()).isEqualTo("GET");
    assertThat(head.header("user-agent")).isEqualTo("test");
    assertThat(only().outcomes).singleElement().matches(outcome -> outcome.status == 200);
    assertThat(only().released.getCount()).isZero();
  }

  @Test
  void connectionsAreKeptAndKeptApartByEndpoint() throws Exception {
    Set<Integer> first = ConcurrentHashMap.newKeySet();
    Set<Integer> second = ConcurrentHashMap.newKeySet();
    mesh.service("orders", counting(first), counting(second));
    for (int i = 0; i < 20; i++) {
      text(open("http://orders/"));
    }
    assertThat(first).hasSize(1);
    assertThat(second).hasSize(1);
  }

  @Test
  void anotherNameOfTheSameEndpointHasConnectionsOfItsOwn() throws Exception {
    Set<Integer> connections = ConcurrentHashMap.newKeySet();
    InetSocketAddress endpoint = counting(connections);
    mesh.service("orders", endpoint);
    mesh.service("payments", endpoint);
    text(open("http://orders/"));
    text(open("http://payments/"));
    text(open("http://127.0.0.1:" + endpoint.getPort() + "/"));
    assertThat(connections).hasSize(3);
  }

  @Test
  void anUnavailableAnswerIsDroppedAndTheBodySentAgain() throws Exception {
    InetSocketAddress busy = servers.start(exchange -> answer(exchange, 503, "busy"));
    InetSocketAddress live = echoingBody();
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(ScriptedMesh.attempt(busy))
                .then(ScriptedMesh.attempt(live))
                .retrying(outcome -> outcome.status == 503));
    HttpURLConnection connection = open("http://orders/");
    connection.setRequestMethod("PUT");
    connection.setDoOutput(true);
    connection.getOutputStream().write("body".getBytes(StandardCharsets.UTF_8));
    assertThat(text(connection)).isEqualTo("PUT body");
    assertThat(connection.getResponseCode()).isEqualTo(200);
    assertThat(only().released.getCount()).isZero();
  }

  @Test
  void theLastAnswerIsDeliveredWithItsBody() throws Exception {
    mesh.service("orders", servers.start(exchange -> answer(exchange, 503, "busy")));
    HttpURLConnection connection = open("http://orders/");
    assertThat(connection.getResponseCode()).isEqualTo(503);
    assertThat(read(connection.getErrorStream())).isEqualTo("busy");
    assertThat(only().released.getCount()).isZero();
  }

  @Test
  void streamedBodiesAreNotRepeatableAndBufferedOnesAre() throws Exception {
    mesh.service("orders", echoingBody());
    HttpURLConnection chunked = open("http://orders/");
    chunked.setDoOutput(true);
    chunked.setChunkedStreamingMode(0);
    try (OutputStream out = chunked.getOutputStream()) {
      out.write(LARGE);
    }
    assertThat(text(chunked)).hasSize(LARGE.length + "POST ".length());
    assertThat(only().head.repeatable()).isFalse();
    HttpURLConnection fixed = open("http://orders/");
    fixed.setDoOutput(true);
    fixed.setFixedLengthStreamingMode(4);
    try (OutputStream out = fixed.getOutputStream()) {
      out.write("body".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(text(fixed)).isEqualTo("POST body");
    HttpURLConnection buffered = open("http://orders/");
    buffered.setDoOutput(true);
    buffered.getOutputStream().write(LARGE);
    assertThat(text(buffered)).hasSize(LARGE.length + "POST ".length());
    List<Call> calls = new ArrayList<>(mesh.calls);
    assertThat(calls.get(1).head.repeatable()).isFalse();
    assertThat(calls.get(2).head.repeatable()).isTrue();
    assertThat(calls).allMatch(call -> call.released.getCount() == 0);
  }

  @Test
  void anExpectationIsAnsweredByTheEndpoint() throws Exception {
    mesh.service("orders", echoingBody());
    HttpURLConnection connection = open("http://orders/");
    connection.setDoOutput(true);
    connection.setRequestProperty("Expect", "100-Continue");
    connection.setFixedLengthStreamingMode(4);
    try (OutputStream out = connection.getOutputStream()) {
      out.write("body".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(text(connection)).isEqualTo("POST body");
    assertThat(only().outcomes).singleElement().matches(outcome -> outcome.status == 200);
  }

  @Test
  void theLibrarysOwnRetryOfABrokenConnectionIsACallOfItsOwn() throws Exception {
    InetSocketAddress live = servers.echo("X");
    InetSocketAddress dying = hangingUp(new AtomicInteger());
    AtomicInteger turn = new AtomicInteger();
    mesh.script(
        "orders",
        head ->
            new Call(head).then(ScriptedMesh.attempt(turn.getAndIncrement() == 0 ? dying : live)));
    assertThat(text(open("http://orders/"))).startsWith("orders/");
    assertThat(mesh.calls).hasSize(2);
    assertThat(mesh.calls.peek().outcomes).singleElement().matches(o -> o.failure == Failure.RESET);
  }

  @Test
  void theLibrarysOwnRetryIsNotMultipliedByTheMeshs() throws Exception {
    AtomicInteger connections = new AtomicInteger();
    InetSocketAddress dying = hangingUp(connections);
    mesh.script(
        "orders",
        head -> {
          AtomicInteger left = new AtomicInteger(2);
          return new Call(head)
              .then(ScriptedMesh.attempt(dying))
              .then(ScriptedMesh.attempt(dying))
              .then(ScriptedMesh.attempt(dying))
              .retrying(outcome -> left.getAndDecrement() > 0);
        });
    assertThatThrownBy(() -> text(open("http://orders/"))).isInstanceOf(IOException.class);
    assertThat(mesh.calls).hasSize(1);
    assertThat(connections).hasValue(3);
  }

  @Test
  void aKeptConnectionThatTheServerClosedIsReplaced() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  for (int i = 0; i < 2; i++) {
                    Socket socket = server.accept();
                    readHead(socket.getInputStream());
                    socket
                        .getOutputStream()
                        .write(
                            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
                                .getBytes(StandardCharsets.US_ASCII));
                    if (i == 0) {
                      socket.close();
                      closed.countDown();
                    }
                  }
                } catch (IOException over) {
                  closed.countDown();
                }
              });
      thread.setDaemon(true);
      thread.start();
      mesh.service("orders", (InetSocketAddress) server.getLocalSocketAddress());
      assertThat(text(open("http://orders/"))).isEqualTo("ok");
      closed.await();
      assertThat(text(open("http://orders/"))).isEqualTo("ok");
    }
  }

  @Test
  void redirectsAndAuthenticationRoundsAreHopsOfTheirOwn() throws Exception {
    InetSocketAddress payments = servers.echo("X");
    mesh.service(
        "orders",
        servers.start(
            exchange -> {
              exchange.getResponseHeaders().add("Location", "http://payments/b");
              answer(exchange, 302, "");
            }));
    mesh.service("payments", payments);
    HttpURLConnection connection = open("http://orders/a");
    assertThat(text(connection)).startsWith("payments/b");
    assertThat(connection.getURL()).hasToString("http://payments/b");
    assertThat(mesh.calls).hasSize(2);
    assertThat(mesh.calls).allMatch(call -> call.released.getCount() == 0);
  }

  @Test
  void cookiesAndCredentialsAreTheHostsAsWritten() throws Exception {
    CookieHandler.setDefault(new CookieManager());
    List<String> asked = new CopyOnWriteArrayList<>();
    Authenticator.setDefault(
        new Authenticator() {
          @Override
          protected PasswordAuthentication getPasswordAuthentication() {
            asked.add(getRequestingHost());
            return new PasswordAuthentication("me", "secret".toCharArray());
          }
        });
    mesh.service(
        "stock",
        servers.start(
            exchange -> {
              if (exchange.getRequestHeaders().getFirst("Authorization") == null) {
                exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"x\"");
                exchange.getResponseHeaders().add("Set-Cookie", "seen=yes");
                answer(exchange, 401, "");
              } else {
                answer(exchange, 200, exchange.getRequestHeaders().getFirst("Cookie"));
              }
            }));
    assertThat(text(open("http://stock/"))).isEqualTo("seen=yes");
    assertThat(asked).containsExactly("stock");
    assertThat(mesh.calls).hasSize(2);
    assertThat(new ArrayList<>(mesh.calls).get(1).head.header("Cookie")).isEqualTo("seen=yes");
  }

  @Test
  void aProxyIsLeftAlone() throws Exception {
    mesh.service("orders", refusing());
    InetSocketAddress proxy = servers.start(exchange -> answer(exchange, 200, "by proxy"));
    HttpURLConnection connection =
        (HttpURLConnection)
            URI.create("http://orders/").toURL().openConnection(new Proxy(Proxy.Type.HTTP, proxy));
    assertThat(text(connection)).isEqualTo("by proxy");
    assertThat(mesh.calls).isEmpty();
  }

  @Test
  void aResponseThatNoServerSentReadsLikeAnyOther() throws Exception {
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(
                    new Step.Respond(
                        429,
                        Collections.singletonMap("x-why", "limit"),
                        "slow down".getBytes(StandardCharsets.UTF_8))));
    for (int i = 0; i < 2; i++) {
      HttpURLConnection connection = open("http://orders/");
      connection.setDoOutput(true);
      connection.getOutputStream().write(1);
      assertThat(connection.getResponseCode()).isEqualTo(429);
      assertThat(connection.getResponseMessage()).isEqualTo("Too Many Requests");
      assertThat(connection.getHeaderField("X-Why")).isEqualTo("limit");
      assertThat(connection.getContentLength()).isEqualTo(9);
      assertThat(read(connection.getErrorStream())).isEqualTo("slow down");
    }
    HttpURLConnection head = open("http://orders/");
    head.setRequestMethod("HEAD");
    assertThat(head.getResponseCode()).isEqualTo(429);
    assertThat(mesh.calls).hasSize(3);
  }

  @Test
  void aResponseThatNoServerSentMayFollowAnAttempt() throws Exception {
    InetSocketAddress busy = servers.start(exchange -> answer(exchange, 503, "busy"));
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(ScriptedMesh.attempt(busy))
                .then(new Step.Respond(404, Map.of(), "nothing".getBytes(StandardCharsets.UTF_8)))
                .retrying(outcome -> outcome.status == 503));
    HttpURLConnection connection = open("http://orders/");
    assertThatThrownBy(connection::getInputStream).isInstanceOf(FileNotFoundException.class);
    assertThat(read(connection.getErrorStream())).isEqualTo("nothing");
  }

  @Test
  void aCallThatCannotBeAnsweredFailsWithTheLibrarysException() throws Exception {
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(
                    new Step.Fail(Step.Fail.Reason.NO_ENDPOINT, "orders: no endpoint left", null)));
    HttpURLConnection connection = open("http://orders/");
    assertThatThrownBy(connection::getInputStream)
        .isInstanceOf(ConnectException.class)
        .hasMessage("orders: no endpoint left");
    assertThatThrownBy(connection::getResponseCode).hasMessageContaining("no endpoint left");
  }

  @Test
  void aCallMayFailAfterItsAttempts() throws Exception {
    InetSocketAddress dying = hangingUp(new AtomicInteger());
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(ScriptedMesh.attempt(dying))
                .then(new Step.Fail(Step.Fail.Reason.TIMEOUT, "orders: out of time", null))
                .retrying(outcome -> true));
    assertThatThrownBy(() -> text(open("http://orders/")))
        .isInstanceOf(SocketTimeoutException.class)
        .hasMessage("orders: out of time");
  }

  @Test
  void aResponseThatWasDroppedIsNotSeenWhereTheCallFailsAfterIt() throws Exception {
    InetSocketAddress unready = servers.start(exchange -> answer(exchange, 503, "busy"));
    InetSocketAddress dead = refusing();
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(ScriptedMesh.attempt(unready))
                .then(ScriptedMesh.attempt(dead))
                .retrying(outcome -> outcome.status == 503));
    HttpURLConnection connection = open("http://orders/");
    assertThatThrownBy(connection::getResponseCode).isInstanceOf(ConnectException.class);
    assertThat(connection.getHeaderField(0)).isNull();
  }

  @Test
  void aWaitHoldsTheThreadAndAQueueIsWoken() throws Exception {
    InetSocketAddress live = servers.echo("X");
    CompletableFuture<Runnable> waker = new CompletableFuture<>();
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(new Step.Wait(1_000_000))
                .then(
                    new Step.Queue(TimeUnit.MINUTES.toNanos(1)) {
                      @Override
                      public void onWake(Runnable wake) {
                        waker.complete(wake);
                      }
                    })
                .then(ScriptedMesh.attempt(live)));
    waker.thenAccept(Runnable::run);
    assertThat(text(open("http://orders/"))).startsWith("orders/");
  }

  @Test
  void aWaitEndsWithTheApplicationsReadTimeout() throws Exception {
    mesh.script("orders", head -> new Call(head).then(new Step.Wait(TimeUnit.MINUTES.toNanos(1))));
    HttpURLConnection connection = open("http://orders/");
    connection.setReadTimeout(50);
    assertThatThrownBy(connection::getInputStream).isInstanceOf(SocketTimeoutException.class);
    assertThat(only().cancelled.getCount()).isZero();
  }

  @Test
  void aWaitEndsWhenTheThreadIsInterrupted() throws Exception {
    mesh.script("orders", head -> new Call(head).then(new Step.Wait(TimeUnit.MINUTES.toNanos(1))));
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> text(open("http://orders/")))
        .isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(only().cancelled.getCount()).isZero();
  }

  @Test
  void aWaitEndsWhenAnotherThreadDisconnects() throws Exception {
    CompletableFuture<Runnable> parked = new CompletableFuture<>();
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(
                    new Step.Queue(TimeUnit.MINUTES.toNanos(1)) {
                      @Override
                      public void onWake(Runnable wake) {
                        parked.complete(wake);
                      }
                    }));
    HttpURLConnection connection = open("http://orders/");
    parked.thenAcceptAsync(wake -> connection.disconnect());
    assertThatThrownBy(connection::getInputStream).hasMessage("Socket closed");
    assertThat(only().cancelled.getCount()).isZero();
  }

  @Test
  void anAttemptEndsWhenAnotherThreadDisconnects() throws Exception {
    CompletableFuture<Void> asked = new CompletableFuture<>();
    InetSocketAddress silent = servers.silent(() -> asked.complete(null));
    mesh.script("orders", head -> new Call(head).then(ScriptedMesh.attempt(silent)));
    assertDisconnectedOnce(asked);
    assertThat(only().outcomes)
        .extracting(outcome -> outcome.failure)
        .containsExactly(Failure.CANCELLED);
  }

  @Test
  void aFurtherAttemptEndsWhenAnotherThreadDisconnects() throws Exception {
    CompletableFuture<Void> asked = new CompletableFuture<>();
    InetSocketAddress silent = servers.silent(() -> asked.complete(null));
    InetSocketAddress unready = servers.start(exchange -> answer(exchange, 503, "busy"));
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(ScriptedMesh.attempt(unready))
                .then(ScriptedMesh.attempt(silent))
                .retrying(outcome -> outcome.status == 503));
    assertDisconnectedOnce(asked);
    assertThat(only().outcomes)
        .extracting(outcome -> outcome.failure)
        .containsExactly(Failure.NONE, Failure.CANCELLED);
  }

  private void assertDisconnectedOnce(CompletableFuture<Void> asked) throws IOException {
    HttpURLConnection connection = open("http://orders/");
    asked.thenRunAsync(connection::disconnect);
    assertThatThrownBy(connection::getInputStream).isInstanceOf(SocketException.class);
    assertThat(mesh.calls).hasSize(1);
    assertThat(only().cancelled.getCount()).isZero();
  }

  @Test
  void theMeshsTimeoutOfAnAttemptLeavesTimeForAnother() throws Exception {
    InetSocketAddress silent = servers.silent();
    InetSocketAddress live = servers.echo("X");
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(ScriptedMesh.attempt(silent, TimeUnit.MILLISECONDS.toNanos(50)))
                .then(ScriptedMesh.attempt(live))
                .retrying(outcome -> outcome.failure == Failure.TIMEOUT));
    HttpURLConnection connection = open("http://orders/");
    connection.setReadTimeout(20_000);
    assertThat(text(connection)).startsWith("orders/");
  }

  @Test
  void anAttemptWhoseHeadComesInDripsIsBrokenOff() throws Exception {
    // Time enough to write the request on starved processors: what fails then is written again.
    ScriptedAttempt slow = ScriptedMesh.attempt(servers.dripping(), TimeUnit.SECONDS.toNanos(1));
    ScriptedAttempt live = ScriptedMesh.attempt(servers.echo("x"));
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(slow)
                .then(live)
                .retrying(outcome -> outcome.failure == Failure.TIMEOUT));
    HttpURLConnection connection = open("http://orders/there");
    assertThat(connection.getResponseCode()).isEqualTo(200);
    assertThat(connection.getInputStream().readAllBytes())
        .asString()
        .isEqualTo("orders/there null");
    assertThat(mesh.calls.element().outcomes)
        .extracting(outcome -> outcome.failure)
        .containsExactly(Failure.TIMEOUT, Failure.NONE);
  }

  @Test
  void theCookiesOfAHedgeThatAnswersAreKept() throws Exception {
    CookieManager cookies = new CookieManager();
    CookieHandler.setDefault(cookies);
    ScriptedAttempt slow = ScriptedMesh.attempt(servers.silent());
    slow.hedgeAfterNanos = TimeUnit.MILLISECONDS.toNanos(20);
    InetSocketAddress live =
        servers.start(
            exchange -> {
              exchange.getResponseHeaders().set("Set-Cookie", "basket=7");
              answer(exchange, 200, "hedge");
            });
    mesh.script("orders", head -> new Call(head).then(slow).then(ScriptedMesh.attempt(live)));
    HttpURLConnection connection = open("http://orders/");
    assertThat(text(connection)).isEqualTo("hedge");
    assertThat(cookies.getCookieStore().getCookies())
        .extracting(cookie -> cookie.getName() + "=" + cookie.getValue())
        .containsExactly("basket=7");
    assertThat(Hops.CONNECTIONS.inUse()).isZero();
  }

  @Test
  void theApplicationsReadTimeoutBoundsAllAttempts() throws Exception {
    InetSocketAddress silent = servers.silent();
    mesh.script(
        "orders",
        head -> new Call(head).then(ScriptedMesh.attempt(silent)).retrying(outcome -> true));
    HttpURLConnection connection = open("http://orders/");
    connection.setReadTimeout(50);
    assertThatThrownBy(connection::getInputStream).isInstanceOf(SocketTimeoutException.class);
    assertThat(only().outcomes).singleElement().matches(o -> o.failure == Failure.TIMEOUT);
    assertThat(only().cancelled.getCount()).isZero();
  }

  @Test
  void theRequestIsRewrittenForTheServerOnly() throws Exception {
    ScriptedAttempt attempt =
        ScriptedMesh.attempt(
            servers.start(
                exchange ->
                    answer(
                        exchange,
                        200,
                        exchange.getRequestURI()
                            + " "
                            + exchange.getRequestHeaders().getFirst("Host")
                            + " "
                            + exchange.getRequestHeaders().getFirst("X-Set")
                            + " "
                            + exchange.getRequestHeaders().get("X-Add")
                            + " "
                            + exchange.getRequestHeaders().getFirst("X-Gone"))));
    attempt.pathAndQuery = "/new?q=1";
    attempt.authority = "other:81";
    attempt.requestHeaders =
        new HeaderOps(Map.of("x-set", "set"), Map.of("x-add", "added"), List.of("x-gone"));
    attempt.responseHeaders = new HeaderOps(Map.of("x-answer", "mesh"), Map.of(), List.of("date"));
    mesh.script("orders", head -> new Call(head).then(attempt));
    HttpURLConnection connection = open("http://orders/old");
    connection.setRequestProperty("X-Set", "was");
    connection.setRequestProperty("X-Add", "first");
    connection.setRequestProperty("X-Gone", "was");
    assertThat(text(connection)).isEqualTo("/new?q=1 other:81 set [first, added] null");
    assertThat(connection.getURL()).hasToString("http://orders/old");
    assertThat(connection.getHeaderField("X-Answer")).isEqualTo("mesh");
    assertThat(connection.getHeaderField("Date")).isNull();
  }

  @Test
  void copiesAreSentAsideWithTheBody() throws Exception {
    CookieHandler.setDefault(new CookieManager());
    CompletableFuture<String> copied = new CompletableFuture<>();
    ScriptedAttempt attempt = ScriptedMesh.attempt(echoingBody());
    Attempt mirror =
        ScriptedMesh.attempt(
            servers.start(
                exchange -> {
                  copied.complete(body(exchange));
                  exchange.getResponseHeaders().add("Set-Cookie", "aside=1");
                  answer(exchange, 401, "thrown away");
                }));
    attempt.mirrors = List.of(mirror);
    CountDownLatch mirrored = new CountDownLatch(2);
    mesh.script(
        "copied",
        head ->
            new Call(head)
                .then(attempt)
                .retrying(
                    outcome -> {
                      mirrored.countDown();
                      return false;
                    }));
    HttpURLConnection connection = open("http://copied/");
    connection.setDoOutput(true);
    connection.getOutputStream().write("body".getBytes(StandardCharsets.UTF_8));
    assertThat(text(connection)).isEqualTo("POST body");
    assertThat(copied.get()).isEqualTo("POST body");
    mirrored.await();
    assertThat(((CookieManager) CookieHandler.getDefault()).getCookieStore().getCookies())
        .isEmpty();
  }

  @Test
  void aResponseLeftHalfReadIsReleasedWhenItIsClosed() throws Exception {
    InetSocketAddress large =
        servers.start(
            exchange -> {
              exchange.sendResponseHeaders(200, 0);
              try (OutputStream out = exchange.getResponseBody()) {
                out.write(LARGE);
              } catch (IOException closed) {
                exchange.close();
              }
            });
    mesh.service("orders", large);
    HttpURLConnection closing = open("http://orders/");
    InputStream body = closing.getInputStream();
    assertThat(body.read()).isZero();
    assertThat(only().released.getCount()).isEqualTo(1);
    body.close();
    closing.disconnect();
    assertThat(only().released.getCount()).isZero();
  }

  @Test
  void aBodyThatEndsWithItsConnectionIsReleasedAtItsEnd() throws Exception {
    InetSocketAddress closing = raw("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nto the end");
    mesh.service("orders", closing);
    assertThat(text(open("http://orders/"))).isEqualTo("to the end");
    assertThat(only().released.getCount()).isZero();
  }

  @Test
  void aBodyThatBreaksHalfWayIsToldToTheEngine() throws Exception {
    InetSocketAddress breaking =
        raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
    mesh.service("orders", breaking);
    assertThatThrownBy(() -> text(open("http://orders/"))).isInstanceOf(IOException.class);
    assertThat(only().outcomes)
        .extracting(outcome -> outcome.failure)
        .containsExactly(Failure.NONE, Failure.RESET);
    assertThat(only().released.getCount()).isZero();
  }

  @Test
  void aBodyThatTheApplicationBreaksOffSaysNothingOfTheEndpoint() throws Exception {
    CountDownLatch disconnected = new CountDownLatch(1);
    InetSocketAddress unending =
        servers.start(
            exchange -> {
              exchange.sendResponseHeaders(200, 0);
              exchange.getResponseBody().write(1);
              exchange.getResponseBody().flush();
              disconnected.await();
              exchange.close();
            });
    mesh.service("orders", unending);
    HttpURLConnection connection = open("http://orders/");
    InputStream body = connection.getInputStream();
    assertThat(body.read()).isEqualTo(1);
    connection.disconnect();
    disconnected.countDown();
    assertThatThrownBy(body::read).isInstanceOf(IOException.class);
    assertThat(only().outcomes).hasSize(1);
    assertThat(only().released.getCount()).isZero();
  }

  private Call only() {
    assertThat(mesh.calls).hasSizeGreaterThanOrEqualTo(1);
    return mesh.calls.peek();
  }

  private static HttpURLConnection open(String url) throws IOException {
    return (HttpURLConnection) URI.create(url).toURL().openConnection();
  }

  private static String text(HttpURLConnection connection) throws IOException {
    return read(connection.getInputStream());
  }

  private static String read(InputStream body) throws IOException {
    try (InputStream in = body) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String body(HttpExchange exchange) throws IOException {
    return exchange.getRequestMethod()
        + " "
        + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
  }

  private InetSocketAddress echoingBody() throws IOException {
    return servers.start(exchange -> answer(exchange, 200, body(exchange)));
  }

  /** Notes the client's ports. */
  private InetSocketAddress counting(Set<Integer> ports) throws IOException {
    return servers.start(
        exchange -> {
          ports.add(exchange.getRemoteAddress().getPort());
          answer(exchange, 200, "counted");
        });
  }

  private static InetSocketAddress refusing() {
    try {
      return TestServers.refusing();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Reads a request and hangs up. */
  private InetSocketAddress hangingUp(AtomicInteger connections) throws IOException {
    return accepting(
        socket -> {
          connections.incrementAndGet();
          readHead(socket.getInputStream());
        });
  }

  /** Answers once per connection with these octets, and closes. */
  private InetSocketAddress raw(String answer) throws IOException {
    return accepting(
        socket -> {
          readHead(socket.getInputStream());
          socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
        });
  }

  private interface Conversation {
    void with(Socket socket) throws IOException;
  }

  private static InetSocketAddress accepting(Conversation conversation) throws IOException {
    ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread =
        new Thread(
            () -> {
              while (true) {
                try (Socket socket = server.accept()) {
                  conversation.with(socket);
                } catch (IOException over) {
                  return;
                }
              }
            });
    thread.setDaemon(true);
    thread.start();
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  private static void readHead(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
      int octet = in.read();
      if (octet < 0) {
        throw new IOException("closed");
      }
      head.write(octet);
    }
  }
}
