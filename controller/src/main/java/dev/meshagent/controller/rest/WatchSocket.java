package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.websocket.CloseWebSocketFrame;
import com.linecorp.armeria.common.websocket.WebSocket;
import com.linecorp.armeria.common.websocket.WebSocketFrame;
import com.linecorp.armeria.common.websocket.WebSocketFrameType;
import com.linecorp.armeria.common.websocket.WebSocketWriter;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.websocket.WebSocketService;
import com.linecorp.armeria.server.websocket.WebSocketServiceHandler;
import dev.meshagent.controller.catalog.Catalog;
import dev.meshagent.controller.catalog.Gone;
import dev.meshagent.controller.wire.JsonText;
import dev.meshagent.controller.write.Rejection;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Watches over WebSockets, as the Kubernetes API offers them and clients such as fabric8's ask for
 * them first: each event is a text message. What goes wrong is an event too, {@code ERROR}, since
 * the WebSocket is open by then. Pages of other sites are refused by their Origin.
 */
final class WatchSocket implements WebSocketServiceHandler {
  private final Catalog catalog;

  WatchSocket(Catalog catalog) {
    this.catalog = catalog;
  }

  void addTo(ServerBuilder server) {
    server
        .route()
        .pathPrefix("/api/")
        .pathPrefix("/apis/")
        .matchesHeaders(HttpHeaderNames.UPGRADE, "websocket"::equalsIgnoreCase)
        .decorator(WatchSocket::refuseOtherSites)
        // Whoever is no browser sends no Origin at all.
        .build(WebSocketService.builder(this).allowedOrigins("*").build());
  }

  private static HttpResponse refuseOtherSites(
      HttpService next, ServiceRequestContext ctx, HttpRequest request) throws Exception {
    String origin = request.headers().get(HttpHeaderNames.ORIGIN);
    boolean own = origin == null || origin.endsWith("://" + request.authority());
    return own
        ? next.serve(ctx, request)
        : Json.failed(new KubeStatus(403, "Forbidden", "a page of " + origin + " may not watch"));
  }

  @Override
  public WebSocket handle(ServiceRequestContext ctx, WebSocket in) {
    WebSocketWriter out = WebSocket.streaming();
    in.subscribe(new Incoming(out), ctx.eventLoop());
    Optional<Target> target = ResourcePath.parse(ctx.path()).flatMap(Target::of);
    if (target.isEmpty()) {
      fail(out, KubeApi.unknown(ctx.path()));
    } else if (!KubeApi.watches(ctx)) {
      fail(out, KubeStatus.badRequest("a WebSocket is for watches; add watch=true, or use GET"));
    } else {
      try {
        WatchStream.open(
            ctx,
            catalog,
            Presentation.of(target.get(), ctx.request().headers(), ctx.queryParams()),
            out);
      } catch (Rejection e) {
        fail(out, KubeStatus.of(e));
      } catch (Gone e) {
        fail(out, KubeStatus.expired(e.getMessage()));
      }
    }
    return out;
  }

  private static void fail(WebSocketWriter out, KubeStatus status) {
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    event.put("type", "ERROR");
    event.set("object", status.json());
    out.write(new String(JsonText.write(event), StandardCharsets.UTF_8));
    out.close();
  }

  /** What comes from the client: nothing is expected but pings and the end. */
  private static final class Incoming implements Subscriber<WebSocketFrame> {
    private final WebSocketWriter out;
    private Subscription subscription;

    Incoming(WebSocketWriter out) {
      this.out = out;
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
          out.close();
        } else if (frame.type() == WebSocketFrameType.PING) {
          // Read on only when the pong is taken: who pings without reading fills no memory.
          if (out.tryWrite(WebSocketFrame.ofPong(frame.array()))) {
            out.whenConsumed().thenRun(() -> subscription.request(1));
          }
          return;
        }
      }
      subscription.request(1);
    }

    @Override
    public void onError(Throwable problem) {
      out.close();
    }

    @Override
    public void onComplete() {
      out.close();
    }
  }
}
