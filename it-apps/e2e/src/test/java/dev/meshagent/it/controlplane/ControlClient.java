package dev.meshagent.it.controlplane;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A control stream as docs/control-protocol.md describes it, without an agent behind it: greets,
 * renews, hands over what comes, and connects again for as long as it is not closed. Its callbacks
 * run one at a time.
 */
final class ControlClient implements WebSocket.Listener, AutoCloseable {
  static final ObjectMapper JSON = new ObjectMapper();

  private static final long RECONNECT_MILLIS = 200;
  private static final long RENEW_SECONDS = 5;

  private final HttpClient http;
  private final ScheduledExecutorService timer;
  private final URI uri;
  private final Supplier<List<ObjectNode>> greeting;
  private final Consumer<JsonNode> frames;
  private final StringBuilder partial = new StringBuilder();
  private CompletionStage<WebSocket> lastSent;
  private volatile WebSocket socket;
  private volatile boolean closed;

  /**
   * @param greeting what to send when connected, anew each time; {@code hello} comes first
   * @param frames is given every frame that comes
   */
  ControlClient(
      HttpClient http,
      ScheduledExecutorService timer,
      URI controller,
      Supplier<List<ObjectNode>> greeting,
      Consumer<JsonNode> frames) {
    this.http = http;
    this.timer = timer;
    this.uri = URI.create("ws://" + controller.getAuthority() + "/agent/v1/connect");
    this.greeting = greeting;
    this.frames = frames;
    timer.scheduleAtFixedRate(
        () -> send(frame("renew")), RENEW_SECONDS, RENEW_SECONDS, TimeUnit.SECONDS);
  }

  static ObjectNode frame(String type) {
    return JSON.createObjectNode().put("type", type);
  }

  void connect() {
    if (!closed) {
      http.newWebSocketBuilder()
          .buildAsync(uri, this)
          .whenComplete(
              (connected, failure) -> {
                if (failure != null) {
                  connectLater();
                }
              });
    }
  }

  private void connectLater() {
    socket = null;
    if (!closed) {
      timer.schedule(this::connect, RECONNECT_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** Sends if connected; what is lost is said again in the next greeting. */
  synchronized void send(ObjectNode frame) {
    WebSocket to = socket;
    if (to != null) {
      // A WebSocket takes one message at a time.
      lastSent = lastSent.handle((sent, failure) -> to).thenCompose(ws -> sendNow(ws, frame));
    }
  }

  private static CompletionStage<WebSocket> sendNow(WebSocket to, ObjectNode frame) {
    return to.sendText(frame.toString(), true);
  }

  @Override
  public synchronized void onOpen(WebSocket opened) {
    partial.setLength(0);
    socket = opened;
    lastSent = CompletableFuture.completedFuture(opened);
    greeting.get().forEach(this::send);
    opened.request(1);
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    partial.append(data);
    if (last) {
      String text = partial.toString();
      partial.setLength(0);
      try {
        frames.accept(JSON.readTree(text));
      } catch (IOException e) {
        throw new IllegalStateException("not JSON: " + text, e);
      }
    }
    from.request(1);
    return null;
  }

  @Override
  public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    connectLater();
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    connectLater();
  }

  @Override
  public void close() {
    closed = true;
    WebSocket to = socket;
    if (to != null) {
      to.abort();
    }
  }
}
