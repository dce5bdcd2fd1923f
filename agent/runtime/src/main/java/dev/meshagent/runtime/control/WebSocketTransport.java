package dev.meshagent.runtime.control;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.exceptions.WebsocketNotConnectedException;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.handshake.ServerHandshake;

/**
 * The control stream over a WebSocket. Frames wait in bounded queues both ways: the reader stops
 * reading while {@value #MAX_UNHANDLED} frames are unhandled, which makes the controller wait, and
 * a connection whose peer takes nothing any more is given up.
 */
public final class WebSocketTransport implements ControlTransport {
  /** docs/control-protocol.md. */
  private static final String PATH = "/agent/v1/connect";

  /** docs/control-protocol.md. */
  private static final int MAX_FRAME_BYTES = 4 << 20;

  private static final int CONNECT_TIMEOUT_MILLIS = 3_000;

  /** Pings that stay unanswered for one and a half times this end a dead connection. */
  private static final int PING_SECONDS = 10;

  private static final int MAX_UNHANDLED = 64;
  private static final int CONGESTED_FRAMES = 32;
  private static final int MAX_UNWRITTEN_FRAMES = 4_096;

  private final ControlLoop loop;
  private final URI uri;
  private final Map<String, String> headers;

  /**
   * @param controller with scheme {@code ws} or {@code wss}; its path is added here
   * @param token sent as bearer token; empty for none
   */
  public WebSocketTransport(ControlLoop loop, URI controller, String token) {
    this.loop = loop;
    this.uri = controller.resolve(PATH);
    this.headers =
        token.isEmpty()
            ? Collections.<String, String>emptyMap()
            : Collections.singletonMap("Authorization", "Bearer " + token);
  }

  @Override
  public Connection connect(Receiver receiver) {
    Client client = new Client(loop, uri, headers, receiver);
    client.begin();
    return client;
  }

  private static final class Client extends WebSocketClient implements Connection {
    private final ControlLoop loop;
    private final Receiver receiver;
    private final Semaphore unhandled = new Semaphore(MAX_UNHANDLED);
    private volatile String error;

    Client(ControlLoop loop, URI uri, Map<String, String> headers, Receiver receiver) {
      super(
          uri,
          new Draft_6455(
              Collections.<org.java_websocket.extensions.IExtension>emptyList(), MAX_FRAME_BYTES),
          headers,
          CONNECT_TIMEOUT_MILLIS);
      this.loop = loop;
      this.receiver = receiver;
    }

    void begin() {
      setDaemon(true);
      setTcpNoDelay(true);
      setConnectionLostTimeout(PING_SECONDS);
      connect();
    }

    @Override
    public void onOpen(ServerHandshake handshake) {
      InetAddress local = address(getLocalSocketAddress());
      InetAddress controller = address(getRemoteSocketAddress());
      loop.execute(() -> receiver.opened(local, controller));
    }

    @Override
    public void onMessage(String frame) {
      unhandled.acquireUninterruptibly();
      loop.execute(
          () -> {
            try {
              receiver.frame(frame);
            } finally {
              unhandled.release();
            }
          });
    }

    @Override
    public void onError(Exception e) {
      error = e.toString();
    }

    @Override
    public void onClose(int code, String reason, boolean remote) {
      String why =
          error != null
              ? error
              : "closed with " + code + (reason.isEmpty() ? "" : " (" + reason + ")");
      loop.execute(() -> receiver.closed(why));
    }

    @Override
    public void send(String frame) {
      try {
        if (unwritten() > MAX_UNWRITTEN_FRAMES) {
          closeConnection(CloseFrame.ABNORMAL_CLOSE, "the controller reads nothing any more");
          return;
        }
        super.send(frame);
      } catch (WebsocketNotConnectedException e) {
        // Its close is on its way to the receiver.
      }
    }

    @Override
    public boolean congested() {
      return unwritten() > CONGESTED_FRAMES;
    }

    private int unwritten() {
      return ((WebSocketImpl) getConnection()).outQueue.size();
    }

    private static InetAddress address(InetSocketAddress address) {
      return address.getAddress();
    }
  }
}
