package dev.meshagent.instrumentation.jdkhttpclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.scripted.AdapterExtension;
import dev.meshagent.scripted.GrowingLimit;
import dev.meshagent.scripted.ScriptedAttempt;
import dev.meshagent.scripted.ScriptedMesh;
import dev.meshagent.scripted.ScriptedMesh.Call;
import dev.meshagent.scripted.TestServers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** By which exception the application hears that its own limit for the request ran out. */
@Timeout(30)
class RequestTimeoutTest {
  private static final Step.Wait LONG_WAIT = new Step.Wait(TimeUnit.MINUTES.toNanos(1));

  private final ScriptedMesh mesh = new ScriptedMesh();

  @RegisterExtension
  final AdapterExtension adapter =
      new AdapterExtension(mesh, new JdkHttpClientModule()).remembering(Hops::underWay);

  private final TestServers servers = new TestServers();

  @AfterEach
  void close() {
    servers.close();
  }

  @Test
  void theRequestTimedOutIfAnAttemptWasAnswered() throws Exception {
    InetSocketAddress busy = servers.start(exchange -> TestServers.answer(exchange, 503, "busy"));
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(ScriptedMesh.attempt(busy))
                .then(LONG_WAIT)
                .retrying(outcome -> outcome.status == 503));
    assertThat(timedOutAfter(outcome -> outcome.status == 503))
        .isExactlyInstanceOf(HttpTimeoutException.class)
        .hasMessage("request timed out");
    assertThat(mesh.calls.peek().cancelled.getCount()).isZero();
  }

  @Test
  void theRequestTimedOutIfAnAttemptWasSent() throws Exception {
    long perTry = TimeUnit.MILLISECONDS.toNanos(100);
    InetSocketAddress silent = servers.silent();
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(ScriptedMesh.attempt(silent, perTry))
                .then(LONG_WAIT)
                .retrying(outcome -> true));
    assertThat(timedOutAfter(outcome -> outcome.failure == Failure.TIMEOUT && outcome.awaited))
        .isExactlyInstanceOf(HttpTimeoutException.class)
        .hasMessage("request timed out");
    assertThat(mesh.calls.peek().outcomes)
        .extracting(outcome -> outcome.failure)
        .containsExactly(Failure.TIMEOUT);
  }

  @Test
  void theRequestTimedOutIfALaterAttemptIsStillConnecting() throws Exception {
    InetSocketAddress busy = servers.start(exchange -> TestServers.answer(exchange, 503, "busy"));
    try (Backlogged full = new Backlogged()) {
      mesh.script(
          "orders",
          head ->
              new Call(head)
                  .then(ScriptedMesh.attempt(busy))
                  .then(ScriptedMesh.attempt(full.address()))
                  .retrying(outcome -> outcome.status == 503));
      assertThat(timedOutAfter(outcome -> outcome.status == 503))
          .isExactlyInstanceOf(HttpTimeoutException.class)
          .hasMessage("request timed out");
    }
  }

  @Test
  void theRequestTimedOutIfAHedgeWasSent() throws Exception {
    assertThat(GrowingLimit.<IOException>from(500, this::timedOutOnceHedged))
        .isExactlyInstanceOf(HttpTimeoutException.class)
        .hasMessage("request timed out");
  }

  /** Null where the machine was too busy for the hedge to be sent by then. */
  private IOException timedOutOnceHedged(long millis) throws Exception {
    try (Backlogged full = new Backlogged()) {
      ScriptedAttempt hedged = ScriptedMesh.attempt(full.address());
      hedged.hedgeAfterNanos = 1;
      CountDownLatch arrived = new CountDownLatch(1);
      InetSocketAddress silent = servers.silent(arrived::countDown);
      mesh.script("orders", head -> new Call(head).then(hedged).then(ScriptedMesh.attempt(silent)));
      IOException thrown = timedOut(millis);
      return arrived.getCount() > 0 ? null : thrown;
    }
  }

  @Test
  void connectingTimedOutIfNoAttemptGotThatFar() throws Exception {
    InetSocketAddress dead = TestServers.refusing();
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(ScriptedMesh.attempt(dead))
                .then(LONG_WAIT)
                .retrying(outcome -> true));
    assertThat(timedOut(1500)).isExactlyInstanceOf(HttpConnectTimeoutException.class);
    mesh.script("orders", head -> new Call(head).then(LONG_WAIT));
    assertThat(timedOut(50)).isExactlyInstanceOf(HttpConnectTimeoutException.class);
  }

  /** A server that lets nobody connect, and refuses nobody. */
  private static final class Backlogged implements AutoCloseable {
    private final ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final List<Socket> first = List.of(connect(), connect());

    Backlogged() throws IOException {}

    private Socket connect() throws IOException {
      return new Socket(full.getInetAddress(), full.getLocalPort());
    }

    InetSocketAddress address() {
      return (InetSocketAddress) full.getLocalSocketAddress();
    }

    @Override
    public void close() throws IOException {
      for (Socket each : first) {
        each.close();
      }
      full.close();
    }
  }

  /** A busy machine may need longer than the first limits for an attempt to end so. */
  private IOException timedOutAfter(Predicate<Outcome> ended) throws Exception {
    return GrowingLimit.from(
        500,
        millis -> {
          mesh.calls.clear();
          IOException thrown = timedOut(millis);
          return mesh.calls.peek().outcomes.stream().anyMatch(ended) ? thrown : null;
        });
  }

  private static IOException timedOut(long millis) {
    HttpRequest post =
        HttpRequest.newBuilder(URI.create("http://orders/"))
            .timeout(Duration.ofMillis(millis))
            .POST(BodyPublishers.ofString("once"))
            .build();
    IOException thrown =
        catchThrowableOfType(
            IOException.class,
            () -> HttpClient.newHttpClient().send(post, BodyHandlers.discarding()));
    assertThat(thrown).as("what ended the request").isNotNull();
    return thrown;
  }
}
