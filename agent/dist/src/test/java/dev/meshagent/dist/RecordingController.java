package dev.meshagent.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.java_websocket.WebSocket;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.server.WebSocketServer;

/** The least of a controller: it welcomes agents and keeps what they say. */
final class RecordingController extends WebSocketServer implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final BlockingQueue<String> frames = new LinkedBlockingQueue<>();
  private final CountDownLatch listening = new CountDownLatch(1);

  private RecordingController() {
    super(new InetSocketAddress("127.0.0.1", 0), 1);
    setDaemon(true);
    setTcpNoDelay(true);
  }

  static RecordingController listening() throws InterruptedException {
    RecordingController controller = new RecordingController();
    controller.start();
    assertThat(controller.listening.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    return controller;
  }

  /** The first frame from now on that is as wanted; those before it are gone. */
  String await(Predicate<String> wanted) throws InterruptedException {
    StringBuilder seen = new StringBuilder();
    for (; ; ) {
      String frame = frames.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(frame).as("a frame as wanted after %s", seen).isNotNull();
      if (wanted.test(frame)) {
        return frame;
      }
      seen.append(frame).append('\n');
    }
  }

  /** Answers a drain. */
  void drained() {
    broadcast("{\"type\":\"drained\"}");
  }

  @Override
  public void onOpen(WebSocket agent, ClientHandshake handshake) {
    agent.send(
        "{\"type\":\"welcome\",\"protocol\":1,\"controllerVersion\":\"test\",\"features\":[],"
            + "\"epoch\":\"e1\",\"leaseMillis\":15000,\"yourAddress\":\"127.0.0.1\"}");
    agent.send(
        "{\"type\":\"names\",\"epoch\":\"e1\",\"seq\":1,\"full\":true,\"add\":[],\"remove\":[]}");
  }

  @Override
  public void onMessage(WebSocket agent, String frame) {
    frames.add(frame);
  }

  @Override
  public void onClose(WebSocket agent, int code, String reason, boolean remote) {}

  @Override
  public void onError(WebSocket agent, Exception e) {}

  @Override
  public void onStart() {
    listening.countDown();
  }

  @Override
  public void close() {
    try {
      stop(1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
