package dev.meshagent.instrumentation.jdkhttpclient;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.meshagent.engine.Engine;
import dev.meshagent.engine.EngineSettings;
import dev.meshagent.engine.Randomness;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.Locality;
import dev.meshagent.engine.snapshot.NameTable;
import dev.meshagent.engine.snapshot.NamedService;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.ServiceSnapshot;
import dev.meshagent.scripted.AdapterExtension;
import dev.meshagent.scripted.ScriptedMesh;
import dev.meshagent.spi.Listeners;
import dev.meshagent.spi.Mesh;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the engine itself, with its default policy, makes of a 503 by the request's method. */
@Timeout(30)
class UnavailableTest {
  private final List<HttpServer> servers = new ArrayList<>();
  private final AtomicInteger requests = new AtomicInteger();
  private final ScriptedMesh timers = new ScriptedMesh();

  @RegisterExtension
  final AdapterExtension adapter =
      new AdapterExtension(timers, new JdkHttpClientModule()).remembering(Hops::underWay);

  @AfterEach
  void close() {
    servers.forEach(server -> server.stop(0));
  }

  @ParameterizedTest
  @CsvSource({"GET, 3", "HEAD, 3", "PUT, 3", "DELETE, 3", "OPTIONS, 3", "POST, 1", "PATCH, 1"})
  void onlyAnIdempotentRequestIsSentAgain(String method, int sent) throws Exception {
    install(server(503), server(503), server(503));
    HttpResponse<String> response = send(method);
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body()).isEqualTo(method.equals("HEAD") ? "" : method + " body 503");
    assertThat(requests).hasValue(sent);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PUT", "DELETE"})
  void anIdempotentRequestFindsTheInstanceThatWorks(String method) throws Exception {
    install(server(503), server(200), server(503));
    for (int i = 0; i < 5; i++) {
      HttpResponse<String> response = send(method);
      assertThat(response.body()).isEqualTo(method + " body 200");
    }
  }

  @Test
  void aBodyThatCannotBeReadTwiceIsNotSentAgain() throws Exception {
    install(server(503), server(503));
    HttpRequest once =
        HttpRequest.newBuilder(URI.create("http://orders/"))
            .PUT(BodyPublishers.fromPublisher(BodyPublishers.ofString("body"), 4))
            .build();
    HttpResponse<String> response = HttpClient.newHttpClient().send(once, BodyHandlers.ofString());
    assertThat(response.body()).isEqualTo("PUT body 503");
    assertThat(requests).hasValue(1);
  }

  private static HttpResponse<String> send(String method) throws Exception {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .build()
        .send(
            HttpRequest.newBuilder(URI.create("http://orders/"))
                .method(method, BodyPublishers.ofString("body"))
                .build(),
            BodyHandlers.ofString());
  }

  private Endpoint server(int status) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          requests.incrementAndGet();
          String body =
              exchange.getRequestMethod()
                  + " "
                  + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)
                  + " "
                  + status;
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          boolean head = exchange.getRequestMethod().equals("HEAD");
          exchange.sendResponseHeaders(status, head ? -1 : bytes.length);
          if (!head) {
            exchange.getResponseBody().write(bytes);
          }
          exchange.close();
        });
    server.start();
    servers.add(server);
    return new Endpoint(
        "uid-" + servers.size(),
        List.of("127.0.0.1"),
        Map.of("http", server.getAddress().getPort()),
        null,
        Health.READY,
        Endpoint.DEFAULT_WEIGHT,
        Locality.parse(""),
        Map.of());
  }

  private void install(Endpoint... endpoints) {
    Engine engine =
        new Engine(
            System::nanoTime,
            new Seeded(),
            new EngineSettings("default", Locality.parse(""), Map.of(), System.nanoTime()),
            service -> {});
    ServiceId orders = new ServiceId("default", "orders");
    engine.names(NameTable.EMPTY.with(List.of(NamedService.of(orders)), Collections.emptyList()));
    engine.snapshot(
        ServiceSnapshot.empty(orders, "e1")
            .withEndpoints("e1", 1, List.of(endpoints), Collections.emptyList()));
    Mesh.install(new EngineMesh(engine));
  }

  /** The engine itself behind the door, with the timers of the scripted mesh. */
  private final class EngineMesh extends Mesh {
    private final Engine engine;

    EngineMesh(Engine engine) {
      this.engine = engine;
    }

    @Override
    public MeshCall open(String library, RequestHead head) {
      return engine.open(library, head);
    }

    @Override
    public Timeout schedule(Runnable task, long delay, TimeUnit unit) {
      return timers.schedule(task, delay, unit);
    }

    @Override
    public Listeners listeners() {
      return timers.listeners();
    }

    @Override
    public void agentError(String place, Throwable error) {
      timers.agentError(place, error);
    }
  }

  private static final class Seeded implements Randomness {
    private final Random random = new Random(7);

    @Override
    public synchronized long nextLong() {
      return random.nextLong();
    }

    @Override
    public synchronized int nextInt(int bound) {
      return random.nextInt(bound);
    }
  }
}
