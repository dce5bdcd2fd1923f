package dev.meshagent.runtime.control;

import dev.meshagent.runtime.websocket.Trust;
import dev.meshagent.runtime.websocket.WebSocket;
import java.net.InetAddress;
import java.net.URI;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.Semaphore;

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

  private static final int MAX_UNHANDLED = 64;
  private static final int CONGESTED_FRAMES = 32;
  private static final int MAX_UNWRITTEN_FRAMES = 4_096;

  private final ControlLoop loop;
  private final URI uri;
  private final Trust trust;
  private final Map<String, String> headers;

  /**
   * @param controller with scheme {@code ws} or {@code wss}, host and port; its path is added here
   * @param trust whose certificates are believed with scheme {@code wss}
   * @param token sent as bearer token; empty for none
   */
  public WebSocketTransport(ControlLoop loop, URI controller, Trust trust, String token) {
    this.loop = loop;
    this.trust = trust;
    this.uri = controller.resolve(PATH);
    this.headers =
        token.isEmpty()
            ? Collections.<String, String>emptyMap()
            : Collections.singletonMap("Authorization", "Bearer " + token);
  }

  @Override
  public String controller() {
    return uri.resolve("/").toString();
  }

  @Override
  public Connection connect(Receiver receiver) {
    return new Stream(
        WebSocket.connect(uri, trust, headers, MAX_FRAME_BYTES, new Handover(receiver)));
  }

  /** Hands what the stream's thread reads over to the control loop. */
  private final class Handover implements WebSocket.Listener {
    private final Receiver receiver;
    private final Semaphore unhandled = new Semaphore(MAX_UNHANDLED);

    Handover(Receiver receiver) {
      this.receiver = receiver;
    }

    @Override
    public void opened(InetAddress local, InetAddress remote) {
      loop.execute(
          new Runnable() {
            @Override
            public void run() {
              receiver.opened(local, remote);
            }
          });
    }

    @Override
    public void message(String frame) {
      unhandled.acquireUninterruptibly();
      loop.execute(
          new Runnable() {
            @Override
            public void run() {
              try {
                receiver.frame(frame);
              } finally {
                unhandled.release();
              }
            }
          });
    }

    @Override
    public void closed(String reason) {
      loop.execute(
          new Runnable() {
            @Override
            public void run() {
              receiver.closed(reason);
            }
          });
    }
  }

  private static final class Stream implements Connection {
    private final WebSocket webSocket;

    Stream(WebSocket webSocket) {
      this.webSocket = webSocket;
    }

    @Override
    public void send(String frame) {
      if (webSocket.unwritten() < MAX_UNWRITTEN_FRAMES) {
        webSocket.send(frame);
      } else {
        webSocket.abort("the controller reads nothing any more");
      }
    }

    @Override
    public boolean congested() {
      return webSocket.unwritten() > CONGESTED_FRAMES;
    }

    @Override
    public void close() {
      webSocket.close();
    }
  }
}
