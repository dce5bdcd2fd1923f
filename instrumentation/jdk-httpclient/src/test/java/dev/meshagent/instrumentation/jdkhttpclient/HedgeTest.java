package dev.meshagent.instrumentation.jdkhttpclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.scripted.AdapterExtension;
import dev.meshagent.scripted.GrowingLimit;
import dev.meshagent.scripted.ScriptedAttempt;
import dev.meshagent.scripted.ScriptedMesh;
import dev.meshagent.scripted.ScriptedMesh.Call;
import dev.meshagent.scripted.TestServers;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.CookieManager;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Attempts that run beside one another. */
@Timeout(30)
class HedgeTest {
  private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(30);

  private final ScriptedMesh mesh = new ScriptedMesh();

  @RegisterExtension
  final AdapterExtension adapter =
      new AdapterExtension(mesh, new JdkHttpClientModule()).remembering(Hops::underWay);

  private final TestServers servers = new TestServers();
  private final List<WireServer> wires = new ArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() throws IOException {
    servers.close();
    for (WireServer wire : wires) {
      wire.close();
    }
  }

  @Test
  void aSecondAttemptAnswersForASlowFirst() throws Exception {
    RacingCall race = race(hedged(servers.silent()), ScriptedMesh.attempt(servers.echo("X")));
    HttpResponse<String> response =
        client.send(request().header("X", "sent").build(), BodyHandlers.ofString());
    assertThat(response.body()).isEqualTo("orders/p sent");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.uri()).isEqualTo(URI.create("http://orders/p"));
    assertThat(response.request().headers().allValues("X")).containsExactly("sent");
    assertThat(response.previousResponse()).isEmpty();
    assertThat(mesh.calls).hasSize(1);
    assertThat(race.failures()).containsExactly(Failure.NONE, Failure.CANCELLED);
    assertThat(race.released.getCount()).isZero();
  }

  @Test
  void aFirstAttemptThatIsInTimeIsAlone() throws Exception {
    ScriptedAttempt first = ScriptedMesh.attempt(servers.echo("x"));
    first.hedgeAfterNanos = TimeUnit.MINUTES.toNanos(1);
    RacingCall race = race(first, ScriptedMesh.attempt(TestServers.refusing()));
    assertThat(client.send(request().build(), BodyHandlers.ofString()).body())
        .isEqualTo("orders/p null");
    assertThat(race.failures()).containsExactly(Failure.NONE);
  }

  @Test
  void theFirstMayStillWin() throws Exception {
    CountDownLatch hedged = new CountDownLatch(1);
    InetSocketAddress slow =
        servers.start(
            exchange -> {
              hedged.await();
              TestServers.answer(exchange, 200, "first");
            });
    CountDownLatch over = new CountDownLatch(1);
    InetSocketAddress slower =
        servers.start(
            exchange -> {
              hedged.countDown();
              over.await();
            });
    RacingCall race = race(hedged(slow), ScriptedMesh.attempt(slower));
    assertThat(client.send(request().build(), BodyHandlers.ofString()).body()).isEqualTo("first");
    over.countDown();
    assertThat(race.failures()).containsExactly(Failure.NONE, Failure.CANCELLED);
  }

  @Test
  void bodiesAndStreamsGoTheWayOfTheWinner() throws Exception {
    InetSocketAddress echoing =
        servers.start(
            exchange ->
                TestServers.answer(
                    exchange, 200, new String(exchange.getRequestBody().readAllBytes())));
    RacingCall race = race(hedged(servers.silent()), ScriptedMesh.attempt(echoing));
    HttpRequest put = request().PUT(BodyPublishers.ofString("sent twice")).build();
    HttpResponse<InputStream> response = client.send(put, BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      assertThat(new String(body.readAllBytes())).isEqualTo("sent twice");
    }
    race.released.await();
  }

  @Test
  void aBodyThatCanBeReadOnceIsNotHedged() throws Exception {
    RacingCall race = race(hedged(servers.echo("x")), ScriptedMesh.attempt(TestServers.refusing()));
    HttpRequest once =
        request().POST(BodyPublishers.fromPublisher(BodyPublishers.ofString("once"), 4)).build();
    assertThat(client.send(once, BodyHandlers.discarding()).statusCode()).isEqualTo(200);
    assertThat(race.failures()).containsExactly(Failure.NONE);
  }

  @Test
  void aBadAnswerIsDroppedWhileAnotherMayComeYet() throws Exception {
    InetSocketAddress busy =
        servers.start(exchange -> TestServers.answer(exchange, 503, "go away"));
    CountDownLatch refused = new CountDownLatch(1);
    InetSocketAddress slow =
        servers.start(
            exchange -> {
              refused.await();
              TestServers.answer(exchange, 200, "slow");
            });
    RacingCall race = race(hedged(slow), ScriptedMesh.attempt(busy));
    race.unwanted = refused;
    assertThat(client.send(request().build(), BodyHandlers.ofString()).body()).isEqualTo("slow");
    assertThat(race.outcomes).extracting(outcome -> outcome.status).containsExactly(503, 200);
  }

  @Test
  void theAnswerMayComeFromARetry() throws Exception {
    RacingCall race =
        race(
            hedged(servers.silent(), TimeUnit.MILLISECONDS.toNanos(200)),
            ScriptedMesh.attempt(TestServers.refusing()),
            ScriptedMesh.attempt(servers.echo("x")));
    assertThat(client.send(request().build(), BodyHandlers.ofString()).body())
        .isEqualTo("orders/p null");
    assertThat(race.failures())
        .hasSize(3)
        .contains(Failure.CONNECT, Failure.TIMEOUT)
        .endsWith(Failure.NONE);
  }

  @Test
  void whereAllFailTheCallFails() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    InetSocketAddress breaking =
        servers.start(
            exchange -> {
              both.countDown();
              both.await();
              exchange.close();
            });
    mesh.script(
        "orders",
        head ->
            new RacingCall(head)
                .then(hedged(breaking))
                .then(ScriptedMesh.attempt(breaking))
                .then(new Step.Fail(Step.Fail.Reason.CONNECT_FAILED, "orders: nobody", null)));
    assertThatThrownBy(() -> client.send(request().build(), BodyHandlers.ofString()))
        .isInstanceOf(ConnectException.class)
        .hasMessage("orders: nobody");
    assertThat(mesh.calls).hasSize(1);
  }

  @Test
  void redirectsAndCookiesOfTheWinnerAreHeeded() throws Exception {
    InetSocketAddress redirecting =
        servers.start(
            exchange -> {
              exchange.getResponseHeaders().add("Location", "http://further/");
              exchange.getResponseHeaders().add("Set-Cookie", "who=winner");
              TestServers.answer(exchange, 302, "moved");
            });
    mesh.service("further", servers.echo("Cookie"));
    RacingCall race = race(hedged(servers.silent()), ScriptedMesh.attempt(redirecting));
    CookieManager cookies = new CookieManager();
    HttpClient following =
        HttpClient.newBuilder().cookieHandler(cookies).followRedirects(Redirect.ALWAYS).build();
    HttpResponse<String> response = following.send(request().build(), BodyHandlers.ofString());
    assertThat(response.uri()).isEqualTo(URI.create("http://further/"));
    assertThat(response.previousResponse().get().statusCode()).isEqualTo(302);
    assertThat(response.previousResponse().get().request().uri())
        .isEqualTo(URI.create("http://orders/p"));
    assertThat(cookies.getCookieStore().getCookies()).hasSize(1);
    race.released.await();
  }

  @Test
  void aResponseWithoutABodyEnds() throws Exception {
    InetSocketAddress nothing = servers.start(exchange -> TestServers.answer(exchange, 204, ""));
    RacingCall race = race(hedged(servers.silent()), ScriptedMesh.attempt(nothing));
    assertThat(client.send(request().build(), BodyHandlers.ofString()).statusCode()).isEqualTo(204);
    assertThat(race.released.getCount()).isZero();
  }

  @Test
  void aWinnerWhoseBodyBreaksIsAskedForAgain() throws Exception {
    String head = "HTTP/1.1 200 OK\r\nX-By: dead\r\nContent-Length: 9\r\n\r\n";
    String whole = "HTTP/1.1 201 Made\r\nX-By: live\r\nContent-Length: 4\r\n\r\ngood";
    RacingCall race =
        race(
            hedged(servers.silent()),
            ScriptedMesh.attempt(wire(head)),
            ScriptedMesh.attempt(wire(head + "part")),
            ScriptedMesh.attempt(wire(whole)));
    HttpResponse<String> response = client.send(request().build(), BodyHandlers.ofString());
    assertThat(response.body()).isEqualTo("good");
    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(response.headers().allValues("X-By")).containsExactly("live");
    assertThat(response.request().uri()).isEqualTo(URI.create("http://orders/p"));
    assertThat(race.released.getCount()).isZero();
  }

  @Test
  void theRequestsTimeoutEndsAllAttempts() throws Exception {
    RacingCall race = GrowingLimit.from(200, this::timedOutOnceBothWereSent);
    assertThat(race.failures()).containsExactly(Failure.TIMEOUT, Failure.TIMEOUT);
    assertThat(mesh.calls).hasSize(1);
  }

  /** Null where the machine was too busy for both attempts to be under way by then. */
  private RacingCall timedOutOnceBothWereSent(long millis) throws Exception {
    CountDownLatch arrived = new CountDownLatch(2);
    InetSocketAddress silent = servers.silent(arrived::countDown);
    mesh.calls.clear();
    RacingCall race = race(hedged(silent), ScriptedMesh.attempt(silent));
    HttpRequest impatient = request().timeout(Duration.ofMillis(millis)).build();
    IOException thrown =
        catchThrowableOfType(
            IOException.class, () -> client.send(impatient, BodyHandlers.ofString()));
    race.cancelled.await();
    if (arrived.getCount() != 0) {
      return null;
    }
    assertThat(thrown).isInstanceOf(HttpTimeoutException.class).hasMessage("request timed out");
    return race;
  }

  @Test
  @EnabledForJreRange(
      min = JRE.JAVA_16,
      disabledReason = "before JDK 16 the client does not relay a future's cancel")
  void theApplicationsCancelEndsAllAttempts() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    InetSocketAddress second =
        servers.start(
            exchange -> {
              begun.countDown();
              over.await();
            });
    RacingCall race = race(hedged(servers.silent()), ScriptedMesh.attempt(second));
    CompletableFuture<?> future = client.sendAsync(request().build(), BodyHandlers.ofString());
    begun.await();
    future.cancel(true);
    race.cancelled.await();
    over.countDown();
    // The client's cancel races with what it cancels, with the agent or without.
    assertThatThrownBy(future::get)
        .satisfiesAnyOf(
            thrown -> assertThat(thrown).isInstanceOf(CancellationException.class),
            thrown -> assertThat(thrown).hasCauseInstanceOf(CancellationException.class));
    assertThat(race.failures()).containsOnly(Failure.CANCELLED);
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "a client can be closed since JDK 21")
  void closingTheClientWaitsForNothingOfTheRace() throws Exception {
    RacingCall race = race(hedged(servers.silent()), ScriptedMesh.attempt(servers.echo("x")));
    HttpClient closed = HttpClient.newHttpClient();
    closed.send(request().build(), BodyHandlers.ofString());
    HttpClient.class.getMethod("close").invoke(closed);
    assertThat(race.released.getCount()).isZero();
  }

  @Test
  void streamsOfHttp2RunBesideOneAnother() throws Exception {
    Server slow = http2(context -> com.linecorp.armeria.common.HttpResponse.streaming());
    Server fast = http2(context -> com.linecorp.armeria.common.HttpResponse.of("fast"));
    try {
      mesh.script(
          "orders",
          head ->
              new RacingCall(head)
                  .then(hedged(address(slow)))
                  .then(ScriptedMesh.attempt(address(fast)))
                  .then(never()));
      // The first is an upgrade of HTTP/1.1, the others are streams from their start.
      for (int i = 0; i < 3; i++) {
        HttpResponse<String> response =
            client.send(request().version(Version.HTTP_2).build(), BodyHandlers.ofString());
        assertThat(response.body()).isEqualTo("fast");
        assertThat(response.version()).isEqualTo(Version.HTTP_2);
      }
    } finally {
      slow.stop();
      fast.stop();
    }
  }

  private static Server http2(
      Function<ServiceRequestContext, com.linecorp.armeria.common.HttpResponse> answer) {
    Server server =
        Server.builder()
            .http(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .serviceUnder("/", (context, request) -> answer.apply(context))
            .build();
    server.start().join();
    return server;
  }

  private static InetSocketAddress address(Server server) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.activeLocalPort());
  }

  @Test
  void manyRacesAtATimeKeepApart() throws Exception {
    InetSocketAddress silent = servers.silent();
    InetSocketAddress live = servers.start(exchange -> TestServers.answer(exchange, 200, "live"));
    mesh.script(
        "orders",
        head -> new RacingCall(head).then(hedged(silent)).then(hedged(live)).then(never()));
    List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      all.add(client.sendAsync(request().build(), BodyHandlers.ofString()));
    }
    for (CompletableFuture<HttpResponse<String>> each : all) {
      assertThat(each.get().body()).isEqualTo("live");
    }
    assertThat(mesh.calls).hasSize(50);
  }

  @Test
  void aDeadHeatHasOneWinner() throws Exception {
    ConcurrentHashMap<String, CountDownLatch> started = new ConcurrentHashMap<>();
    InetSocketAddress first =
        servers.start(
            exchange -> {
              String path = exchange.getRequestURI().getPath();
              started.computeIfAbsent(path, call -> new CountDownLatch(1)).await();
              TestServers.answer(exchange, 200, path);
            });
    InetSocketAddress second =
        servers.start(
            exchange -> {
              String path = exchange.getRequestURI().getPath();
              started.computeIfAbsent(path, call -> new CountDownLatch(1)).countDown();
              TestServers.answer(exchange, 200, path);
            });
    mesh.script(
        "orders",
        head ->
            new RacingCall(head)
                .then(hedged(first))
                .then(ScriptedMesh.attempt(second))
                .then(never()));
    for (int round = 0; round < 10; round++) {
      List<CompletableFuture<HttpResponse<InputStream>>> all = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        URI uri = URI.create("http://orders/" + round + "/" + i);
        all.add(client.sendAsync(request().uri(uri).build(), BodyHandlers.ofInputStream()));
      }
      for (CompletableFuture<HttpResponse<InputStream>> each : all) {
        HttpResponse<InputStream> response = each.get();
        try (InputStream body = response.body()) {
          assertThat(new String(body.readAllBytes())).isEqualTo(response.uri().getPath());
        }
      }
    }
    for (Call call : mesh.calls) {
      call.released.await();
      assertThat(call.outcomes)
          .extracting(outcome -> outcome.failure)
          .containsExactlyInAnyOrder(Failure.NONE, Failure.CANCELLED);
    }
  }

  private static Step never() {
    return new Step.Wait(Long.MAX_VALUE);
  }

  /** Steps in this order, the rest of time without any. */
  private RacingCall race(ScriptedAttempt... attempts) {
    RacingCall race = new RacingCall(null);
    for (ScriptedAttempt attempt : attempts) {
      race.then(attempt);
    }
    race.then(never());
    mesh.script("orders", head -> race);
    return race;
  }

  private static ScriptedAttempt hedged(InetSocketAddress endpoint) {
    return hedged(endpoint, Long.MAX_VALUE);
  }

  private static ScriptedAttempt hedged(InetSocketAddress endpoint, long timeoutNanos) {
    ScriptedAttempt attempt = ScriptedMesh.attempt(endpoint, timeoutNanos);
    attempt.hedgeAfterNanos = SOON_NANOS;
    return attempt;
  }

  private InetSocketAddress wire(String answer) throws IOException {
    WireServer server = new WireServer(answer);
    wires.add(server);
    return server.address();
  }

  private static HttpRequest.Builder request() {
    return HttpRequest.newBuilder(URI.create("http://orders/p")).version(Version.HTTP_1_1);
  }
}
