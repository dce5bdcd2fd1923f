package dev.meshagent.controller.stream;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.websocket.CloseWebSocketFrame;
import com.linecorp.armeria.common.websocket.WebSocket;
import com.linecorp.armeria.common.websocket.WebSocketCloseStatus;
import com.linecorp.armeria.common.websocket.WebSocketFrame;
import com.linecorp.armeria.common.websocket.WebSocketFrameType;
import com.linecorp.armeria.common.websocket.WebSocketWriter;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.websocket.WebSocketService;
import com.linecorp.armeria.server.websocket.WebSocketServiceHandler;
import dev.meshagent.controller.loop.Loop;
import dev.meshagent.controller.push.Push;
import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * The control streams' way in: turns a WebSocket into a {@link Connection} and its frames into
 * tasks on the loop. A frame is parsed on the connection's own thread and the next is read only
 * when the loop is done with it, so that no agent can fill the loop's queue.
 */
public final class ControlStreamService implements WebSocketServiceHandler {
  /** Where agents connect. */
  public static final String PATH = "/agent/v1/connect";

  private final Loop loop;
  private final AgentSessions sessions;
  private final FrameReader reader = new FrameReader();

  private ControlStreamService(Loop loop, AgentSessions sessions) {
    this.loop = loop;
    this.sessions = sessions;
  }

  /** Adds the control stream's path. */
  public static void addTo(ServerBuilder server, Loop loop, AgentSessions sessions) {
    server.service(
        PATH,
        WebSocketService.builder(new ControlStreamService(loop, sessions))
            .maxFramePayloadLength(FrameReader.MAX_FRAME)
            .aggregateContinuation(true)
            .allowedOrigins("*")
            .build());
    server.decorator(PATH, ControlStreamService::refuseBrowsers);
    server.decorator(
        PATH, (next, ctx, request) -> refuseWhenStopping(sessions, next, ctx, request));
  }

  /**
   * Agents send no Origin and browsers always do; a page on some site must not be able to join the
   * mesh through the browser of who visits it.
   */
  private static HttpResponse refuseBrowsers(
      HttpService next, ServiceRequestContext ctx, HttpRequest request) throws Exception {
    return request.headers().contains(HttpHeaderNames.ORIGIN)
        ? HttpResponse.of(
            HttpStatus.FORBIDDEN,
            MediaType.PLAIN_TEXT_UTF_8,
            "the control stream is for agents; browsers are refused")
        : next.serve(ctx, request);
  }

  /** An agent that was told to come again would else come back at once, and be cut off again. */
  private static HttpResponse refuseWhenStopping(
      AgentSessions sessions, HttpService next, ServiceRequestContext ctx, HttpRequest request)
      throws Exception {
    return sessions.stopping()
        ? HttpResponse.of(
            HttpStatus.SERVICE_UNAVAILABLE,
            MediaType.PLAIN_TEXT_UTF_8,
            "the controller stops; connect again")
        : next.serve(ctx, request);
  }

  @Override
  public WebSocket handle(ServiceRequestContext ctx, WebSocket in) {
    WebSocketWriter out = WebSocket.streaming();
    Transport transport =
        new Transport(
            out,
            NetUtil.toAddressString(ctx.remoteAddress().getAddress()),
            ctx.eventLoop().withoutContext());
    loop.execute(
        () -> in.subscribe(new Incoming(sessions.open(transport), transport), ctx.eventLoop()));
    return out;
  }

  /** What comes from one agent. */
  private final class Incoming implements Subscriber<WebSocketFrame> {
    private final AgentSession session;
    private final Transport transport;
    private Subscription subscription;

    Incoming(AgentSession session, Transport transport) {
      this.session = session;
      this.transport = transport;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      this.subscription = subscription;
      subscription.request(1);
    }

    @Override
    public void onNext(WebSocketFrame frame) {
      try (frame) {
        if (frame instanceof CloseWebSocketFrame) {
          transport.out.close();
          loop.execute(session::ended);
        } else if (frame.type() == WebSocketFrameType.PING) {
          transport.pong(frame.array());
        } else if (frame.type() == WebSocketFrameType.TEXT) {
          text(frame.text());
          return;
        } else if (frame.type() == WebSocketFrameType.BINARY) {
          MalformedFrame problem = MalformedFrame.at("$", "a binary frame; send text frames");
          loop.execute(() -> session.malformed(problem));
        }
      }
      subscription.request(1);
    }

    private void text(String text) {
      AgentFrame frame;
      try {
        frame = reader.read(text);
      } catch (MalformedFrame problem) {
        loop.execute(
            () -> {
              session.malformed(problem);
              subscription.request(1);
            });
        return;
      }
      if (frame instanceof AgentFrame.Renew && session.renewed()) {
        subscription.request(1);
        return;
      }
      loop.execute(
          () -> {
            try {
              session.received(frame);
            } finally {
              subscription.request(1);
            }
          });
    }

    @Override
    public void onError(Throwable problem) {
      transport.out.close();
      loop.execute(session::ended);
    }

    @Override
    public void onComplete() {
      transport.out.close();
      loop.execute(session::ended);
    }
  }

  /** What goes to one agent. */
  static final class Transport implements Connection {
    /** A peer that reads nothing does not read the close either. */
    private static final long CLOSE_SECONDS = 5;

    private final WebSocketWriter out;
    private final String remoteAddress;
    private final EventLoop eventLoop;

    /** Completes when the transport has taken the last pong; for the reading thread alone. */
    private CompletableFuture<Void> pongTaken = CompletableFuture.completedFuture(null);

    Transport(WebSocketWriter out, String remoteAddress, EventLoop eventLoop) {
      this.out = out;
      this.remoteAddress = remoteAddress;
      this.eventLoop = eventLoop;
    }

    @Override
    public String remoteAddress() {
      return remoteAddress;
    }

    /**
     * Answers a ping, unless an earlier pong is still to be taken: who pings without reading must
     * not fill the memory, and RFC 6455 §5.5.3 lets pings be passed over.
     */
    void pong(byte[] payload) {
      if (pongTaken.isDone() && out.tryWrite(WebSocketFrame.ofPong(payload))) {
        pongTaken = out.whenConsumed();
      }
    }

    @Override
    public CompletionStage<Void> send(Push frame) {
      // The bytes are not copied: what many are told is in memory once.
      if (!out.tryWrite(WebSocketFrame.ofText(frame.bytes()))) {
        return CompletableFuture.failedFuture(new IllegalStateException("the stream is closed"));
      }
      return out.whenConsumed();
    }

    @Override
    public void close(CloseReason reason) {
      WebSocketCloseStatus status =
          reason == CloseReason.STOPPING
              ? WebSocketCloseStatus.ENDPOINT_UNAVAILABLE
              : WebSocketCloseStatus.ofPrivateUse(reason.closeCode, reason.code);
      out.close(status);
      eventLoop.schedule(
          () -> {
            if (!out.isComplete()) {
              out.abort();
            }
          },
          CLOSE_SECONDS,
          TimeUnit.SECONDS);
    }
  }
}
