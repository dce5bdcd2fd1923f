package dev.meshagent.bench.control;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A control stream as docs/control-protocol.md describes it, without an agent behind it: says
 * hello, subscribes, and acknowledges whatever it is told. Thread-safe.
 */
final class SimulatedAgent implements WebSocket.Listener {
  private static final Pattern SNAPSHOT =
      Pattern.compile(
          "^\\{\"type\":\"(service|endpoints)\",\"service\":\"([^\"]+)\",\"epoch\":\"([^\"]+)\""
              + ".*?\"seq\":(\\d+)",
          Pattern.DOTALL);

  private final String hello;
  private final String subscribe;
  private final BiConsumer<String, String> snapshots;
  private final StringBuilder partial = new StringBuilder();
  private CompletableFuture<WebSocket> sent;
  private WebSocket socket;

  /**
   * @param service that it serves on a port nobody calls
   * @param wanted services that it subscribes to
   * @param snapshots given the service and the whole frame of each snapshot and delta that comes
   */
  SimulatedAgent(
      int number, String service, List<String> wanted, BiConsumer<String, String> snapshots) {
    this.snapshots = snapshots;
    this.hello =
        """
        {"type":"hello","protocol":1,"agentVersion":"bench","features":["endpoints-delta"],\
        "uid":"%032x","namespace":"default","service":"%s","labels":{"app":"%s"},"known":{},\
        "workload":{"addresses":["127.0.0.1"],"weight":1,\
        "ports":[{"name":"http","port":%d,"primary":true}]}}"""
            .formatted(number + 1, service, service, 1024 + number % 60_000);
    this.subscribe =
        "{\"type\":\"subscribe\",\"services\":[\"" + String.join("\",\"", wanted) + "\"]}";
  }

  CompletionStage<WebSocket> connect(HttpClient http, URI controller) {
    return http.newWebSocketBuilder()
        .buildAsync(URI.create("ws://" + controller.getAuthority() + "/agent/v1/connect"), this);
  }

  /** To be called every few seconds, well within the lease. */
  void renew() {
    send("{\"type\":\"renew\"}");
  }

  private synchronized void send(String frame) {
    // A WebSocket takes one message at a time.
    sent = sent.thenCompose(ready -> ready.sendText(frame, true));
  }

  @Override
  public synchronized void onOpen(WebSocket opened) {
    socket = opened;
    sent = CompletableFuture.completedFuture(opened);
    send(hello);
    send(subscribe);
    opened.request(1);
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    partial.append(data);
    if (last) {
      String frame = partial.toString();
      partial.setLength(0);
      Matcher snapshot = SNAPSHOT.matcher(frame);
      if (snapshot.find()) {
        snapshots.accept(snapshot.group(2), frame);
        send(
            "{\"type\":\"ack\",\"service\":\"%s\",\"epoch\":\"%s\",\"seq\":%s}"
                .formatted(snapshot.group(2), snapshot.group(3), snapshot.group(4)));
      }
    }
    from.request(1);
    return null;
  }

  synchronized void close() {
    if (socket != null) {
      socket.abort();
    }
  }
}
