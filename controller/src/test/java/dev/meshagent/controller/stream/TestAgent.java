package dev.meshagent.controller.stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.meshagent.controller.HostPort;
import dev.meshagent.engine.snapshot.EndpointsDelta;
import dev.meshagent.engine.snapshot.ServiceSnapshot;
import dev.meshagent.engine.snapshot.codec.SnapshotCodec;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * An agent as the protocol sees it, over a real socket: keeps names and snapshots as told, and
 * acknowledges unless told not to.
 */
public final class TestAgent implements AutoCloseable {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final long PATIENCE_SECONDS = 60;

  /** What is waited for need not come with a frame. */
  private static final long LOOK_MILLIS = 50;

  public final Set<String> names = ConcurrentHashMap.newKeySet();
  public final Map<String, ServiceSnapshot> views = new ConcurrentHashMap<>();
  public final LinkedBlockingQueue<JsonNode> frames = new LinkedBlockingQueue<>();
  public final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final SnapshotCodec codec = new SnapshotCodec();
  private final boolean acks;
  private final Object changed = new Object();
  private WebSocket socket;
  private CompletableFuture<?> lastSend = CompletableFuture.completedFuture(null);

  private TestAgent(boolean acks) {
    this.acks = acks;
  }

  public static TestAgent connect(HostPort controller, boolean acks) {
    TestAgent agent = new TestAgent(acks);
    agent.socket =
        CLIENT
            .newWebSocketBuilder()
            .connectTimeout(Duration.ofSeconds(PATIENCE_SECONDS))
            .buildAsync(URI.create("ws://" + controller + "/agent/v1/connect"), agent.new Reader())
            .join();
    return agent;
  }

  /** Connects and says hello; serves on the port unless it is 0. */
  public static TestAgent join(HostPort controller, String service, String uid, int port) {
    TestAgent agent = connect(controller, true);
    agent.hello(service, uid, port);
    return agent;
  }

  public void hello(String service, String uid, int port) {
    String workload = port == 0 ? "" : ",\"workload\":" + workload(port);
    send(
        "{\"type\":\"hello\",\"protocol\":1,\"agentVersion\":\"test\",\"uid\":\"%s\",\"namespace\":\"default\",\"service\":\"%s\",\"labels\":{\"app\":\"%s\"},\"locality\":\"eu/a\"%s}"
            .formatted(uid, service, service, workload));
  }

  public void register(int port) {
    send("{\"type\":\"register\",\"workload\":" + workload(port) + "}");
  }

  private static String workload(int port) {
    return "{\"addresses\":[\"10.0.0.7\"],\"weight\":1,\"ports\":[{\"name\":\"http\",\"port\":%d,\"primary\":true}]}"
        .formatted(port);
  }

  public void subscribe(String service) {
    send("{\"type\":\"subscribe\",\"services\":[\"default/" + service + "\"]}");
  }

  public synchronized void send(String frame) {
    lastSend = lastSend.thenCompose(done -> socket.sendText(frame, true));
  }

  /** Sends a part of a frame that never ends; what the transport refuses is not our matter. */
  public synchronized void sendPiece(String piece) {
    lastSend = lastSend.thenCompose(done -> socket.sendText(piece, false));
  }

  /** The next frame of the type; others are passed over. */
  public JsonNode await(String type) throws InterruptedException {
    while (true) {
      JsonNode frame = frames.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (frame == null) {
        throw new AssertionError("no frame of type " + type + " came");
      }
      if (frame.path("type").asText().equals(type)) {
        return frame;
      }
    }
  }

  /** Waits until what frames, or what the controller does beside them, make true is true. */
  public void until(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    synchronized (changed) {
      while (!condition.getAsBoolean()) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
          throw new AssertionError(what + " did not come true; views: " + views);
        }
        changed.wait(Math.min(left, LOOK_MILLIS));
      }
    }
  }

  /** Uids and health of the endpoints that this agent has been told of. */
  public Map<String, String> view(String service) {
    ServiceSnapshot snapshot = views.get("default/" + service);
    return snapshot == null
        ? Map.of()
        : snapshot.endpoints.stream()
            .collect(Collectors.toMap(endpoint -> endpoint.uid, e -> e.health.name()));
  }

  /** The weight of an endpoint that this agent has been told of; 0 if it has not. */
  public int weight(String service, String uid) {
    ServiceSnapshot snapshot = views.get("default/" + service);
    return snapshot == null
        ? 0
        : snapshot.endpoints.stream().filter(e -> e.uid.equals(uid)).mapToInt(e -> e.weight).sum();
  }

  /** Ends the connection without a word, as a killed process does. */
  public void kill() {
    socket.abort();
  }

  @Override
  public void close() {
    socket.abort();
  }

  private void take(String text) throws Exception {
    JsonNode frame = JSON.readTree(text);
    String service = frame.path("service").asText();
    switch (frame.path("type").asText()) {
      case "names" -> {
        if (frame.path("full").asBoolean()) {
          names.clear();
        }
        frame.path("remove").forEach(name -> names.remove(name.asText()));
        frame.path("add").forEach(name -> names.add(name.path("service").asText()));
      }
      case "service" -> {
        views.put(service, codec.readService(text, views.get(service)));
        ack(service);
      }
      case "endpoints" -> {
        EndpointsDelta delta = codec.readDelta(text);
        ServiceSnapshot held = views.get(service);
        if (held == null || !delta.fits(held)) {
          throw new AssertionError("a delta that does not fit: " + text + " on " + held);
        }
        views.put(service, delta.applyTo(held));
        ack(service);
      }
      default -> {}
    }
    frames.add(frame);
  }

  private void ack(String service) {
    if (acks) {
      ackNow(service);
    }
  }

  public void ackNow(String service) {
    ServiceSnapshot held = views.get(service);
    send(
        "{\"type\":\"ack\",\"service\":\"%s\",\"hash\":\"%s\",\"epoch\":\"%s\",\"seq\":%d}"
            .formatted(service, held.hash, held.epoch, held.seq));
  }

  private final class Reader implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        try {
          take(text.toString());
        } catch (Exception | AssertionError e) {
          closed.completeExceptionally(e);
        }
        text.setLength(0);
        synchronized (changed) {
          changed.notifyAll();
        }
      }
      from.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      closed.complete(code);
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable problem) {
      closed.completeExceptionally(problem);
    }
  }
}
