package dev.meshagent.contract.suite;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Registers a port with the controller as a process with the agent would: the least of
 * docs/control-protocol.md. Thread-safe.
 */
final class Workload implements AutoCloseable {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final ScheduledExecutorService RENEWALS =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "renews the suite's workloads");
            thread.setDaemon(true);
            return thread;
          });
  private static final SecureRandom RANDOM = new SecureRandom();

  private final WebSocket socket;
  private CompletableFuture<WebSocket> lastSend;

  private Workload(WebSocket socket) {
    this.socket = socket;
    lastSend = CompletableFuture.completedFuture(socket);
    RENEWALS.scheduleAtFixedRate(
        () -> {
          if (!socket.isOutputClosed()) {
            send("{\"type\":\"renew\"}");
          }
        },
        4,
        4,
        TimeUnit.SECONDS);
  }

  /** One after the other: a WebSocket refuses what is sent before the last is gone. */
  private synchronized CompletableFuture<WebSocket> send(String frame) {
    lastSend = lastSend.thenCompose(done -> socket.sendText(frame, true));
    return lastSend;
  }

  /** Returns when the controller has welcomed it. */
  static Workload register(URI controller, String namespace, String service, int port) {
    CompletableFuture<Void> welcomed = new CompletableFuture<>();
    WebSocket socket =
        HTTP.newWebSocketBuilder()
            .buildAsync(
                URI.create("ws://" + controller.getAuthority() + "/agent/v1/connect"),
                new WebSocket.Listener() {
                  @Override
                  public CompletionStage<?> onText(
                      WebSocket from, CharSequence data, boolean last) {
                    if (data.toString().contains("\"welcome\"")) {
                      welcomed.complete(null);
                    } else if (data.toString().contains("\"type\":\"error\"")) {
                      welcomed.completeExceptionally(
                          new IllegalStateException("the controller said " + data));
                    }
                    from.request(1);
                    return null;
                  }

                  @Override
                  public void onError(WebSocket from, Throwable error) {
                    welcomed.completeExceptionally(error);
                  }
                })
            .orTimeout(60, TimeUnit.SECONDS)
            .join();
    byte[] uid = new byte[16];
    RANDOM.nextBytes(uid);
    String hello =
        """
        {"type":"hello","protocol":1,"agentVersion":"0.1.0","features":["endpoints-delta"],"uid":"%s",\
        "namespace":"%s","service":"%s","labels":{"app":"%s"},"locality":"","pid":%d,"host":"contract",\
        "javaVersion":"%s","known":{},\
        "workload":{"addresses":["127.0.0.1"],"weight":1,"ports":[{"name":"http","port":%d,"primary":true}]}}"""
            .formatted(
                HexFormat.of().formatHex(uid),
                namespace,
                service,
                service,
                ProcessHandle.current().pid(),
                Runtime.version(),
                port);
    socket.sendText(hello, true).join();
    welcomed.orTimeout(60, TimeUnit.SECONDS).join();
    return new Workload(socket);
  }

  @Override
  public void close() {
    if (!socket.isOutputClosed()) {
      send("{\"type\":\"leave\"}").thenRun(() -> socket.sendClose(WebSocket.NORMAL_CLOSURE, ""));
    }
  }
}
