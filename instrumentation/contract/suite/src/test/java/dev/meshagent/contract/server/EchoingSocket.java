package dev.meshagent.contract.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;

/** A connection that was upgraded to WebSocket, and sends each text back. */
final class EchoingSocket extends SimpleChannelInboundHandler<WebSocketFrame> {
  private final WebSocketServerHandshaker handshaker;

  private EchoingSocket(WebSocketServerHandshaker handshaker) {
    this.handshaker = handshaker;
  }

  /** Answers the upgrade, which has been read to its end, and takes the handler's place. */
  static void begin(ChannelHandlerContext ctx, HttpRequest upgrade) {
    String url = "ws://" + upgrade.headers().get(HttpHeaderNames.HOST) + upgrade.uri();
    WebSocketServerHandshaker handshaker =
        new WebSocketServerHandshakerFactory(url, null, false).newHandshaker(upgrade);
    ctx.pipeline().replace(ctx.name(), "echo", new EchoingSocket(handshaker));
    handshaker.handshake(ctx.channel(), upgrade);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
    if (frame instanceof CloseWebSocketFrame close) {
      handshaker.close(ctx, close.retain());
    } else if (frame instanceof TextWebSocketFrame text) {
      ctx.writeAndFlush(new TextWebSocketFrame(text.text()));
    }
  }
}
