package dev.meshagent.instrumentation.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import dev.meshagent.instrumentation.okhttp.ScriptedMesh.Call;
import dev.meshagent.spi.Mesh;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Hops against an engine whose answers are written beforehand: each kind of step, and each verdict.
 */
@Timeout(30)
class HopTest {
  private static final Step.Fail NOBODY =
      new Step.Fail(
          Step.Fail.Reason.NO_ENDPOINT, "orders: no endpoint left (1 known, 1 ejected)", null);

  private final ScriptedMesh mesh = new ScriptedMesh();
  private final List<HttpServer> servers = new ArrayList<>();
  private final OkHttpClient client = new OkHttpClient();

  @BeforeAll
  static void weave() {
    Weaving.ensure();
  }

  @BeforeEach
  void install() {
    Mesh.install(mesh);
  }

  @AfterEach
  void nothingIsLeftOver() {
    servers.forEach(server -> server.stop(0));
    client.dispatcher().executorService().shutdown();
    client.connectionPool().evictAll();
    assertThat(Passages.underWay()).isZero();
  }

  @Test
  void theEndpointIsCalledUnderTheNameAsWritten() throws IOException {
    mesh.service("orders", ScriptedMesh.attempt(server(HopTest::echo)));
    try (Response response = get("http://orders/a%20b?c=d")) {
      assertThat(response.body().string()).isEqualTo("orders/a%20b?c=d");
      assertThat(response.request().url().toString()).isEqualTo("http://orders/a%20b?c=d");
    }
    assertThat(client.interceptors()).isEmpty();
  }

  @Test
  void theAttemptIsReleasedAtTheEndOfTheBody() throws IOException {
    mesh.service("orders", ScriptedMesh.attempt(server(HopTest::echo)));
    try (Response response = get("http://orders/")) {
      Call call = mesh.calls.element();
      assertThat(call.outcomes).extracting(outcome -> outcome.status).containsExactly(200);
      assertThat(call.released.getCount()).isOne();
      response.body().string();
      assertThat(call.released.getCount()).isZero();
    }
  }

  @Test
  void aRetriedCallGoesToTheOtherEndpoint() throws IOException {
    AtomicInteger refused = new AtomicInteger();
    Step first =
        ScriptedMesh.attempt(
            server(
                exchange -> {
                  refused.incrementAndGet();
                  answer(exchange, 503, "busy");
                }));
    Step second = ScriptedMesh.attempt(server(HopTest::echo));
    mesh.script(
        "orders", head -> new Call(head, first, second).retrying(outcome -> outcome.status == 503));
    try (Response response = get("http://orders/")) {
      assertThat(response.code()).isEqualTo(200);
      assertThat(response.priorResponse()).isNull();
    }
    assertThat(refused).hasValue(1);
  }

  @Test
  void aRefusedConnectionIsTriedElsewhere() throws IOException {
    try (Socket bound = new Socket()) {
      bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      Step dead = ScriptedMesh.attempt((InetSocketAddress) bound.getLocalSocketAddress());
      Step alive = ScriptedMesh.attempt(server(HopTest::echo));
      mesh.script(
          "orders",
          head ->
              new Call(head, dead, alive).retrying(outcome -> outcome.failure == Failure.CONNECT));
      try (Response response = get("http://orders/")) {
        assertThat(response.code()).isEqualTo(200);
      }
    }
  }

  @Test
  void aFailureIsTheLibrarysOwnWithTheEnginesWords() {
    mesh.service("orders", NOBODY);
    assertThatThrownBy(() -> get("http://orders/"))
        .isInstanceOf(ConnectException.class)
        .hasMessage(NOBODY.message);
  }

  @Test
  void aResponseThatNoServerSentReads() throws IOException {
    byte[] body = "no".getBytes(StandardCharsets.UTF_8);
    mesh.service("orders", new Step.Respond(418, Map.of("X-Why", "policy"), body));
    try (Response response = get("http://orders/")) {
      assertThat(response.code()).isEqualTo(418);
      assertThat(response.header("X-Why")).isEqualTo("policy");
      assertThat(response.body().string()).isEqualTo("no");
    }
  }

  @Test
  void aRedirectThatNoServerSentIsFollowed() throws IOException {
    mesh.service("orders", new Step.Redirect(302, "http://payments/to"));
    mesh.service("payments", ScriptedMesh.attempt(server(HopTest::echo)));
    try (Response response = get("http://orders/from")) {
      assertThat(response.body().string()).isEqualTo("payments/to");
      assertThat(response.request().url().toString()).isEqualTo("http://payments/to");
      assertThat(response.priorResponse().code()).isEqualTo(302);
    }
  }

  @Test
  void aRedirectOfAServerToAnotherServiceIsAHopOfItsOwn() throws IOException {
    mesh.service(
        "orders",
        ScriptedMesh.attempt(
            server(
                exchange -> {
                  exchange.getResponseHeaders().set("Location", "http://payments/to");
                  answer(exchange, 302, "");
                })));
    mesh.service("payments", ScriptedMesh.attempt(server(HopTest::echo)));
    try (Response response = get("http://orders/from")) {
      assertThat(response.body().string()).isEqualTo("payments/to");
      assertThat(response.priorResponse().request().url().host()).isEqualTo("orders");
    }
    assertThat(mesh.calls)
        .extracting(call -> call.head.host())
        .containsExactly("orders", "payments");
    assertThat(mesh.calls).allMatch(call -> call.released.getCount() == 0);
  }

  @Test
  void rewritesAreSentAndNotShown() throws IOException {
    HeaderOps request = new HeaderOps(Map.of("x-set", "1"), Map.of(), List.of("x-secret"));
    HeaderOps response = new HeaderOps(Map.of(), Map.of("x-added", "2"), List.of("x-served-by"));
    InetSocketAddress server =
        server(
            exchange -> {
              exchange.getResponseHeaders().set("x-served-by", "me");
              answer(
                  exchange,
                  200,
                  exchange.getRequestHeaders().getFirst("Host")
                      + exchange.getRequestURI()
                      + exchange.getRequestHeaders().getFirst("x-set")
                      + exchange.getRequestHeaders().getFirst("x-secret"));
            });
    mesh.service(
        "orders",
        ScriptedMesh.rewriting(server, "/v2/a?b=c", "internal.example", request, response));
    Request written =
        new Request.Builder().url("http://orders/v1/a").header("x-secret", "s").build();
    try (Response received = client.newCall(written).execute()) {
      assertThat(received.body().string()).isEqualTo("internal.example/v2/a?b=c1null");
      assertThat(received.request()).isEqualTo(written);
      assertThat(received.header("x-added")).isEqualTo("2");
      assertThat(received.header("x-served-by")).isNull();
    }
  }

  @Test
  void aWaitLetsTimePass() throws IOException {
    mesh.service(
        "orders",
        new Step.Wait(TimeUnit.MILLISECONDS.toNanos(80)),
        ScriptedMesh.attempt(server(HopTest::echo)));
    long start = System.nanoTime();
    get("http://orders/").close();
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(80));
  }

  @Test
  void aQueuedCallGoesOnWhenItIsWoken() throws IOException {
    Step.Queue queue =
        new Step.Queue(TimeUnit.MINUTES.toNanos(5)) {
          @Override
          public void onWake(Runnable wake) {
            new Thread(wake, "wakes").start();
          }
        };
    mesh.service("orders", queue, ScriptedMesh.attempt(server(HopTest::echo)));
    get("http://orders/").close();
  }

  @Test
  void aCallThatWaitsCanBeCancelled() throws Exception {
    CountDownLatch queued = new CountDownLatch(1);
    Step.Queue forEver =
        new Step.Queue(TimeUnit.MINUTES.toNanos(5)) {
          @Override
          public void onWake(Runnable wake) {
            queued.countDown();
          }
        };
    mesh.service("orders", forEver);
    okhttp3.Call call = client.newCall(new Request.Builder().url("http://orders/").build());
    Thread canceller =
        new Thread(
            () -> {
              try {
                queued.await();
                call.cancel();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    canceller.start();
    assertThatThrownBy(call::execute).isInstanceOf(IOException.class).hasMessage("Canceled");
    assertThat(mesh.calls.element().cancelled.getCount()).isZero();
  }

  @Test
  void anErrorOfTheEngineLeavesTheCallAlone() throws IOException {
    InetSocketAddress plain = server(HopTest::echo);
    mesh.script(
        "localhost",
        head ->
            new Call(head, Step.PASS) {
              @Override
              public Step next() {
                throw new IllegalStateException("on purpose");
              }
            });
    try (Response response = get("http://localhost:" + plain.getPort() + "/")) {
      assertThat(response.code()).isEqualTo(200);
    }
    assertThat(mesh.errors).hasSize(1);
  }

  @Test
  void aHostThatIsNoMeshNameIsLeftAlone() throws IOException {
    InetSocketAddress plain = server(HopTest::echo);
    try (Response response = get("http://127.0.0.1:" + plain.getPort() + "/x")) {
      assertThat(response.body().string()).isEqualTo("127.0.0.1:" + plain.getPort() + "/x");
    }
    assertThat(mesh.calls).isEmpty();
  }

  private Response get(String url) throws IOException {
    return client.newCall(new Request.Builder().url(url).build()).execute();
  }

  private InetSocketAddress server(HttpHandler handler) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", handler);
    server.start();
    servers.add(server);
    return server.getAddress();
  }

  private static void echo(HttpExchange exchange) throws IOException {
    answer(exchange, 200, exchange.getRequestHeaders().getFirst("Host") + exchange.getRequestURI());
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
