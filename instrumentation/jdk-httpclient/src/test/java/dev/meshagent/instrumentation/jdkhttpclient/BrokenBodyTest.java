package dev.meshagent.instrumentation.jdkhttpclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.scripted.AdapterExtension;
import dev.meshagent.scripted.GrowingLimit;
import dev.meshagent.scripted.ScriptedMesh;
import dev.meshagent.scripted.ScriptedMesh.Call;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.CookieManager;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a response whose server dies after it sent the head. */
@Timeout(30)
class BrokenBodyTest {
  private static final String HEAD = "HTTP/1.1 200 OK\r\nX-By: dead\r\nContent-Length: 9\r\n\r\n";
  private static final String CHUNKED =
      "HTTP/1.1 200 OK\r\nX-By: dead\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n";
  private static final String WHOLE =
      "HTTP/1.1 201 Made\r\nX-By: live\r\nSet-Cookie: who=live\r\nContent-Length: 4\r\n\r\ngood";

  private final ScriptedMesh mesh = new ScriptedMesh();

  @RegisterExtension
  final AdapterExtension adapter =
      new AdapterExtension(mesh, new JdkHttpClientModule()).remembering(Hops::underWay);

  private final List<WireServer> servers = new ArrayList<>();
  private final HttpClient client = HttpClient.newBuilder().build();

  @AfterEach
  void close() throws IOException {
    for (WireServer server : servers) {
      server.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {HEAD, HEAD + "part", CHUNKED})
  void anotherAttemptTakesItsPlaceHeadAndAll(String broken) throws Exception {
    repeating(server(broken), server(WHOLE));
    HttpResponse<String> response = client.send(get().build(), BodyHandlers.ofString());
    assertThat(response.body()).isEqualTo("good");
    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(response.headers().allValues("X-By")).containsExactly("live");
    assertThat(response.uri()).isEqualTo(URI.create("http://orders/"));
    assertThat(response.request().uri()).isEqualTo(URI.create("http://orders/"));
    assertThat(response.previousResponse()).isEmpty();
    assertThat(only().outcomes)
        .extracting(outcome -> outcome.failure)
        .containsExactly(Failure.NONE, Failure.RESET, Failure.NONE);
    assertThat(only().released.getCount()).isZero();
  }

  @Test
  void asynchronousCallsAndMappedBodiesAreRepairedToo() throws Exception {
    repeating(server(HEAD), server(HEAD + "part"), server(WHOLE));
    BodyHandler<Integer> length =
        head ->
            BodySubscribers.mapping(
                BodySubscribers.ofString(StandardCharsets.UTF_8), String::length);
    HttpResponse<Integer> response = client.sendAsync(get().build(), length).get();
    assertThat(response.body()).isEqualTo(4);
    assertThat(response.statusCode()).isEqualTo(201);
  }

  @Test
  void cookiesOfTheResponseThatCountsAreKept() throws Exception {
    repeating(server(HEAD), server(WHOLE));
    CookieManager cookies = new CookieManager();
    HttpClient keeping = HttpClient.newBuilder().cookieHandler(cookies).build();
    keeping.send(get().build(), BodyHandlers.ofString());
    assertThat(cookies.getCookieStore().getCookies())
        .extracting(cookie -> cookie.getValue())
        .containsExactly("live");
  }

  @Test
  void theBreakIsTheAnswerWhereTheEngineSaysSo() throws Exception {
    mesh.service("orders", server(HEAD));
    assertThatThrownBy(() -> client.send(get().build(), BodyHandlers.ofString()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("fixed content-length: 9, bytes received: 0");
    assertThat(only().outcomes)
        .extracting(outcome -> outcome.failure)
        .containsExactly(Failure.NONE, Failure.RESET);
  }

  @Test
  void whatTheApplicationHasBegunToReadIsNotRepeated() throws Exception {
    repeating(server(HEAD + "part"), server(WHOLE));
    HttpResponse<InputStream> response = client.send(get().build(), BodyHandlers.ofInputStream());
    assertThat(response.headers().allValues("X-By")).containsExactly("dead");
    try (InputStream body = response.body()) {
      assertThatThrownBy(body::readAllBytes).isInstanceOf(IOException.class);
    }
    assertThat(only().outcomes).hasSize(1);
  }

  @Test
  void anErrorOfTheApplicationsOwnHandlerIsNotRepeated() throws Exception {
    repeating(server(WHOLE));
    BodyHandler<Object> failing =
        head ->
            BodySubscribers.mapping(
                BodySubscribers.ofString(StandardCharsets.UTF_8),
                body -> {
                  throw new UncheckedIOException(new IOException("mine"));
                });
    assertThatThrownBy(() -> client.send(get().build(), failing))
        .isInstanceOf(IOException.class)
        .hasRootCauseMessage("mine");
    assertThat(servers.get(0).requests()).isEqualTo(1);
  }

  @Test
  void theLastAttemptsFailureIsTheCallsFailure() throws Exception {
    InetSocketAddress dying = server(HEAD);
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(ScriptedMesh.attempt(dying))
                .then(new Step.Fail(Step.Fail.Reason.NO_ENDPOINT, "orders: nobody", null))
                .retrying(outcome -> outcome.failure == Failure.RESET));
    assertThatThrownBy(() -> client.send(get().build(), BodyHandlers.ofString()))
        .isInstanceOf(ConnectException.class)
        .hasMessage("orders: nobody");
  }

  @Test
  void aLaterAttemptThatRedirectsLeavesTheBreakAsTheAnswer() throws Exception {
    repeating(
        server(HEAD),
        server("HTTP/1.1 302 Found\r\nLocation: http://orders/2\r\nContent-Length: 0\r\n\r\n"));
    HttpClient following =
        HttpClient.newBuilder().followRedirects(HttpClient.Redirect.ALWAYS).build();
    assertThatThrownBy(() -> following.send(get().build(), BodyHandlers.ofString()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("bytes received: 0");
    assertThat(only().released.getCount()).isZero();
  }

  @Test
  void theRequestsTimeoutBoundsAllAttempts() throws Exception {
    repeating(server(HEAD), server((String) null));
    Call call = GrowingLimit.from(300, this::timedOutOnceBroken);
    assertThat(call.cancelled.getCount()).isZero();
  }

  /** Null where the machine was too busy for the body to have broken by then. */
  private Call timedOutOnceBroken(long millis) {
    mesh.calls.clear();
    HttpRequest impatient = get().timeout(Duration.ofMillis(millis)).build();
    IOException thrown =
        catchThrowableOfType(
            IOException.class, () -> client.send(impatient, BodyHandlers.ofString()));
    if (only().outcomes.stream().noneMatch(outcome -> outcome.failure == Failure.RESET)) {
      return null;
    }
    assertThat(thrown).isInstanceOf(HttpTimeoutException.class);
    return only();
  }

  @Test
  @EnabledForJreRange(
      min = JRE.JAVA_16,
      disabledReason = "before JDK 16 the client does not relay a future's cancel")
  void cancellingTheFutureEndsALaterAttempt() throws Exception {
    InetSocketAddress dying = server(HEAD);
    CountDownLatch waiting = new CountDownLatch(1);
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(ScriptedMesh.attempt(dying))
                .then(
                    new Step.Queue(TimeUnit.MINUTES.toNanos(1)) {
                      @Override
                      public void onWake(Runnable wake) {
                        waiting.countDown();
                      }
                    })
                .retrying(outcome -> outcome.failure == Failure.RESET));
    CompletableFuture<?> future = client.sendAsync(get().build(), BodyHandlers.ofString());
    waiting.await();
    future.cancel(true);
    // The client's cancel races with what it cancels, with the agent or without.
    assertThatThrownBy(future::get)
        .satisfiesAnyOf(
            thrown -> assertThat(thrown).isInstanceOf(CancellationException.class),
            thrown -> assertThat(thrown).hasCauseInstanceOf(CancellationException.class));
    only().cancelled.await();
  }

  /** Each attempt goes to the next server; responses that broke are asked for again. */
  private void repeating(InetSocketAddress... attempts) {
    mesh.script(
        "orders",
        head -> {
          Call call = new Call(head).retrying(outcome -> outcome.failure == Failure.RESET);
          for (InetSocketAddress attempt : attempts) {
            call.then(ScriptedMesh.attempt(attempt));
          }
          return call;
        });
  }

  private InetSocketAddress server(String... answers) throws IOException {
    WireServer server = new WireServer(answers);
    servers.add(server);
    return server.address();
  }

  private static HttpRequest.Builder get() {
    return HttpRequest.newBuilder(URI.create("http://orders/"))
        .version(HttpClient.Version.HTTP_1_1);
  }

  private Call only() {
    assertThat(mesh.calls).hasSize(1);
    return mesh.calls.peek();
  }
}
