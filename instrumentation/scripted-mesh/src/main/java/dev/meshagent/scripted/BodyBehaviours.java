package dev.meshagent.scripted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.scripted.ScriptedMesh.Call;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * As {@link StepBehaviours}, and what an adapter makes of requests with bodies where its library
 * can send a body more than once.
 */
public abstract class BodyBehaviours extends StepBehaviours {
  /**
   * Sends a request through the library, as a blocking call would.
   *
   * @param body of known length, which can be sent again; null for none
   * @throws Exception the library's own, unwrapped
   */
  protected abstract Answer send(String method, String uri, String body) throws Exception;

  @Override
  protected final Answer send(String method, String uri) throws Exception {
    return send(method, uri, null);
  }

  @Test
  void aCopyHasTheBodyAsWell() throws Exception {
    CompletableFuture<String> mirrored = new CompletableFuture<>();
    InetSocketAddress aside =
        servers.start(
            exchange -> {
              mirrored.complete(TestServers.body(exchange));
              TestServers.answer(exchange, 200, "thrown away");
            });
    InetSocketAddress live =
        servers.start(exchange -> TestServers.answer(exchange, 200, TestServers.body(exchange)));
    ScriptedAttempt attempt = ScriptedMesh.attempt(live);
    attempt.mirrors = List.of(ScriptedMesh.attempt(aside));
    mesh.script("orders", head -> new Call(head).then(attempt));
    assertThat(send("POST", "http://orders/", "written").body).isEqualTo("written");
    assertThat(mirrored.get()).isEqualTo("written");
  }
}
