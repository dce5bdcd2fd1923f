package dev.meshagent.instrumentation.jdkhttpclient;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.scripted.AdapterExtension;
import dev.meshagent.scripted.ScriptedMesh;
import dev.meshagent.scripted.ScriptedMesh.Call;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a server pushes along with an answer, with the mesh in between as without it. */
@Timeout(30)
class Http2PushTest {
  private final ScriptedMesh mesh = new ScriptedMesh();

  @RegisterExtension
  final AdapterExtension adapter =
      new AdapterExtension(mesh, new JdkHttpClientModule()).remembering(Hops::underWay);

  private final PushingServer server = new PushingServer();
  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeEach
  void install() {
    mesh.service("orders", server.address());
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void pushesArriveUnderTheNameAsWritten() throws Exception {
    String outside = "127.0.0.1:" + server.address().getPort();
    // The first request upgrades its connection, the second finds it.
    for (int request = 1; request <= 2; request++) {
      assertThat(page(outside)).isEqualTo(expected(outside));
      assertThat(page("orders")).isEqualTo(expected("orders"));
      assertThat(mesh.calls).hasSize(request);
    }
    for (Call call : mesh.calls) {
      call.released.await(); // The body of a response with pushes is there before that.
    }
    assertThat(mesh.calls)
        .allSatisfy(
            call ->
                assertThat(call.outcomes)
                    .extracting(outcome -> outcome.status)
                    .containsExactly(200));
  }

  private static Map<String, String> expected(String authority) {
    String root = "http://" + authority;
    return Map.of(
        root + "/", "page of " + authority, root + "/style", "style", root + "/script", "script");
  }

  /** All bodies that one request brings, by their URI. */
  private Map<String, String> page(String authority) throws Exception {
    ConcurrentMap<HttpRequest, CompletableFuture<HttpResponse<String>>> pushes =
        new ConcurrentHashMap<>();
    HttpResponse<String> page =
        client
            .sendAsync(
                request(authority),
                BodyHandlers.ofString(),
                PushPromiseHandler.of(pushed -> BodyHandlers.ofString(), pushes))
            .get();
    assertThat(page.version()).isEqualTo(Version.HTTP_2);
    Map<String, String> bodies = new TreeMap<>();
    bodies.put(page.uri().toString(), page.body());
    for (Map.Entry<HttpRequest, CompletableFuture<HttpResponse<String>>> push : pushes.entrySet()) {
      HttpResponse<String> pushed = push.getValue().get();
      assertThat(pushed.uri()).isEqualTo(push.getKey().uri());
      bodies.put(pushed.uri().toString(), pushed.body());
    }
    return bodies;
  }

  private static HttpRequest request(String authority) {
    return HttpRequest.newBuilder(URI.create("http://" + authority + "/")).build();
  }
}
