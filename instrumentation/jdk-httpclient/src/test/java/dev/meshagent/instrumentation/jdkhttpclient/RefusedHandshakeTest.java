package dev.meshagent.instrumentation.jdkhttpclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.meshagent.engine.call.Step;
import dev.meshagent.scripted.AdapterExtension;
import dev.meshagent.scripted.ScriptedMesh;
import dev.meshagent.scripted.ScriptedMesh.Call;
import dev.meshagent.scripted.TestServers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A WebSocket whose handshake is answered with anything but an upgrade. */
@Timeout(30)
class RefusedHandshakeTest {
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
  void byAServer() throws Exception {
    mesh.service(
        "chat",
        servers.start(
            exchange -> {
              exchange.getResponseHeaders().add("X-By", "whom");
              TestServers.answer(exchange, 418, "tea");
            }));
    assertTea(refused(HttpClient.newHttpClient()));
  }

  @Test
  void byTheMesh() throws Exception {
    byte[] body = "tea".getBytes(StandardCharsets.UTF_8);
    mesh.script(
        "chat", head -> new Call(head).then(new Step.Respond(418, Map.of("x-by", "whom"), body)));
    WebSocketHandshakeException refused = refused(HttpClient.newHttpClient());
    assertTea(refused);
    // JDK 11 drops the body.
    mesh.service("chat", servers.start(exchange -> TestServers.answer(exchange, 418, "tea")));
    assertThat((Object) refused.getResponse().body())
        .isEqualTo(refused(HttpClient.newHttpClient()).getResponse().body());
    assertThat(refused).hasRootCauseMessage("the mesh answered the handshake with status 418");
  }

  @Test
  void byTheMeshAfterAWait() {
    mesh.script(
        "chat",
        head ->
            new Call(head)
                .then(new Step.Wait(1))
                .then(new Step.Respond(503, Map.of(), new byte[0])));
    HttpResponse<?> response = refused(HttpClient.newHttpClient()).getResponse();
    assertThat(response.statusCode()).isEqualTo(503);
  }

  @Test
  void byARedirectOfTheMeshThatTheClientDoesNotFollow() {
    mesh.script("chat", head -> new Call(head).then(new Step.Redirect(307, "http://other/room")));
    for (Redirect redirect : Redirect.values()) {
      HttpClient client = HttpClient.newBuilder().followRedirects(redirect).build();
      HttpResponse<?> response = refused(client).getResponse();
      assertThat(response.statusCode()).isEqualTo(307);
      assertThat(response.headers().firstValue("Location")).hasValue("http://other/room");
    }
  }

  private static void assertTea(WebSocketHandshakeException refused) {
    HttpResponse<?> response = refused.getResponse();
    assertThat(response.statusCode()).isEqualTo(418);
    assertThat(response.headers().firstValue("X-By")).hasValue("whom");
    assertThat(response.uri()).isEqualTo(URI.create("http://chat/room"));
    assertThat(response.request().uri()).isEqualTo(URI.create("http://chat/room"));
    assertThat(response.previousResponse()).isEmpty();
  }

  private static WebSocketHandshakeException refused(HttpClient client) {
    ExecutionException failed =
        catchThrowableOfType(
            ExecutionException.class,
            () ->
                client
                    .newWebSocketBuilder()
                    .buildAsync(URI.create("ws://chat/room"), new WebSocket.Listener() {})
                    .get());
    assertThat(failed).hasCauseInstanceOf(WebSocketHandshakeException.class);
    return (WebSocketHandshakeException) failed.getCause();
  }
}
