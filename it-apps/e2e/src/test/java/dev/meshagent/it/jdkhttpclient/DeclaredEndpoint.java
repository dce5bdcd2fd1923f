package dev.meshagent.it.jdkhttpclient;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Tells the controller of a server without an agent, as docs/control-protocol.md says, for as long
 * as it is not closed.
 */
final class DeclaredEndpoint implements AutoCloseable, WebSocket.Listener {
  private static final String HELLO =
      """
      {"type":"hello","protocol":1,"agentVersion":"0.1.0","features":[],"uid":"%s",\
      "namespace":"default","service":"%s","labels":{"app":"%s"},"locality":"","pid":1,"host":"test",\
      "javaVersion":"17","known":{},"workload":{"addresses":["127.0.0.1"],"weight":1,\
      "ports":[{"name":"http","port":%d,"primary":true}]}}""";

  private final ScheduledExecutorService renewing = Executors.newSingleThreadScheduledExecutor();
  private final WebSocket stream;

  DeclaredEndpoint(URI controller, String service, int port) {
    stream =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(URI.create("ws://" + controller.getAuthority() + "/agent/v1/connect"), this)
            .join();
    String uid = UUID.randomUUID().toString().replace("-", "");
    stream.sendText(HELLO.formatted(uid, service, service, port), true).join();
    renewing.scheduleAtFixedRate(
        () -> stream.sendText("{\"type\":\"renew\"}", true).join(), 4, 4, TimeUnit.SECONDS);
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    from.request(1);
    return null;
  }

  @Override
  public void close() {
    renewing.shutdownNow();
    stream.abort();
  }
}
