package dev.meshagent.runtime.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.runtime.telemetry.AgentErrors;
import dev.meshagent.runtime.websocket.Trust;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.java_websocket.WebSocket;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.server.WebSocketServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WebSocketTransportTest {
  private final ControlLoop loop = new ControlThread(new AgentErrors());
  private final Server server = new Server();
  private final Events events = new Events();

  @BeforeEach
  void listen() throws Exception {
    server.start();
    assertThat(next(server.events)).isEqualTo("listening");
  }

  @AfterEach
  void stop() throws Exception {
    server.stop(1000);
  }

  @Test
  void framesGoBothWaysOverTheDocumentedPathWithTheToken() throws Exception {
    ControlTransport.Connection connection =
        new WebSocketTransport(loop, uri(server.getPort()), Trust.OF_JDK, "secret").connect(events);
    assertThat(next(server.events)).isEqualTo("/agent/v1/connect Bearer secret");
    assertThat(next(events.told)).isEqualTo("opened 127.0.0.1 127.0.0.1");
    connection.send("{\"type\":\"renew\"}");
    assertThat(next(server.events)).isEqualTo("{\"type\":\"renew\"}");
    server.broadcast("{\"type\":\"drained\"}");
    assertThat(next(events.told)).isEqualTo("{\"type\":\"drained\"}");
    connection.close();
    assertThat(next(events.told)).startsWith("closed");
  }

  @Test
  void aFrameOfFourMebibytesPassesAndALargerOneEndsTheConnection() throws Exception {
    connect();
    char[] large = new char[4 << 20];
    Arrays.fill(large, 'x');
    server.broadcast(new String(large));
    assertThat(next(events.told)).hasSize(4 << 20);
    server.broadcast(new String(large) + "x");
    assertThat(next(events.told)).startsWith("closed");
  }

  @Test
  void moreFramesThanWaitInTheQueueAllArriveInOrder() throws Exception {
    connect();
    for (int i = 0; i < 500; i++) {
      server.broadcast("frame " + i);
    }
    for (int i = 0; i < 500; i++) {
      assertThat(next(events.told)).isEqualTo("frame " + i);
    }
  }

  @Test
  void nobodyThereIsToldAsClosed() throws Exception {
    // Bound but not listening, so that nobody else gets the port meanwhile.
    try (Socket socket = new Socket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      new WebSocketTransport(loop, uri(socket.getLocalPort()), Trust.OF_JDK, "").connect(events);
      assertThat(next(events.told)).startsWith("closed java.net.ConnectException");
    }
  }

  @Test
  void everyThreadOfTheClientIsADaemon() throws Exception {
    connect();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("mesh-agent")) {
        assertThat(thread.isDaemon()).as(thread.getName()).isTrue();
      }
    }
  }

  /** Returns when both ends know of the connection: what is broadcast before reaches nobody. */
  private void connect() throws InterruptedException {
    new WebSocketTransport(loop, uri(server.getPort()), Trust.OF_JDK, "").connect(events);
    assertThat(next(server.events)).startsWith("/agent/v1/connect");
    assertThat(next(events.told)).startsWith("opened");
  }

  private static URI uri(int port) {
    return URI.create("ws://127.0.0.1:" + port);
  }

  private static String next(BlockingQueue<String> queue) throws InterruptedException {
    String next = queue.poll(30, TimeUnit.SECONDS);
    assertThat(next).isNotNull();
    return next;
  }

  /** Keeps what the transport tells. */
  private static final class Events implements ControlTransport.Receiver {
    final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    @Override
    public void opened(InetAddress local, InetAddress controller) {
      told.add("opened " + local.getHostAddress() + " " + controller.getHostAddress());
    }

    @Override
    public void frame(String text) {
      told.add(text);
    }

    @Override
    public void closed(String reason) {
      told.add("closed " + reason);
    }
  }

  private static final class Server extends WebSocketServer {
    final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    Server() {
      super(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
      setDaemon(true);
    }

    @Override
    public void onOpen(WebSocket connection, ClientHandshake handshake) {
      events.add(
          handshake.getResourceDescriptor() + " " + handshake.getFieldValue("Authorization"));
    }

    @Override
    public void onMessage(WebSocket connection, String frame) {
      events.add(frame);
    }

    @Override
    public void onClose(WebSocket connection, int code, String reason, boolean remote) {}

    @Override
    public void onError(WebSocket connection, Exception e) {}

    @Override
    public void onStart() {
      events.add("listening");
    }
  }
}
