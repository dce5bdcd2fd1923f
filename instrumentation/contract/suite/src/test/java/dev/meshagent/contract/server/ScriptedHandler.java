package dev.meshagent.contract.server;

import dev.meshagent.contract.PatternStream;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;

/** Answers the requests of one connection (HTTP/1.1) or of one stream (HTTP/2) by their scripts. */
final class ScriptedHandler extends SimpleChannelInboundHandler<HttpObject> {
  private static final int PIECE = 64 * 1024;

  private final ScriptedServer server;
  private HttpRequest request;
  private Script script;
  private int nth;
  private MessageDigest digest;
  private long received;
  private boolean answering;
  private InputStream body;
  private long left;
  private long cutAt;
  private boolean closing;
  private boolean pumping;

  ScriptedHandler(ScriptedServer server) {
    this.server = server;
  }

  private static Channel connection(ChannelHandlerContext ctx) {
    return ctx.channel() instanceof Http2StreamChannel ? ctx.channel().parent() : ctx.channel();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) throws Exception {
    if (message instanceof HttpRequest head) {
      begin(ctx, head);
    }
    if (message instanceof LastHttpContent && script == null) {
      EchoingSocket.begin(ctx, request);
      return;
    }
    if (message instanceof HttpContent content) {
      received += content.content().readableBytes();
      digest.update(content.content().nioBuffer());
      if (message instanceof LastHttpContent) {
        ctx.executor().schedule(() -> answer(ctx), script.delayMillis(), TimeUnit.MILLISECONDS);
      }
    }
  }

  private void begin(ChannelHandlerContext ctx, HttpRequest head) throws NoSuchAlgorithmException {
    if (head.headers().contains(HttpHeaderNames.UPGRADE, "websocket", true)) {
      request = head;
      return;
    }
    request = head;
    script = Script.parse(head.uri());
    digest = MessageDigest.getInstance("SHA-256");
    received = 0;
    answering = true;
    server.busy(connection(ctx), 1);
    nth = server.ledger().saw(script.key());
    if (HttpUtil.is100ContinueExpected(head)) {
      ctx.writeAndFlush(
          new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
    }
  }

  private void answer(ChannelHandlerContext ctx) {
    if (!answering || !ctx.channel().isActive()) {
      return;
    }
    String fault = script.faultOf(nth);
    switch (fault) {
      case "close" -> end(ctx);
      case "reset" -> {
        if (ctx.channel() instanceof Http2StreamChannel) {
          connection(ctx).config().setOption(ChannelOption.SO_LINGER, 0);
          connection(ctx).close();
        } else {
          ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        }
        end(ctx);
      }
      case "503" -> respond(ctx, 503, "try later".getBytes(StandardCharsets.UTF_8));
      default -> {
        if (script.basic() != null && !("Basic " + script.basic()).equals(authorization())) {
          respond(ctx, 401, new byte[0]);
        } else {
          respond(
              ctx,
              script.status(),
              script.echo() ? echo(ctx).getBytes(StandardCharsets.UTF_8) : null);
        }
      }
    }
  }

  private String authorization() {
    return request.headers().get(HttpHeaderNames.AUTHORIZATION);
  }

  private void respond(ChannelHandlerContext ctx, int status, byte[] known) {
    if (script.informational() != 0) {
      ctx.writeAndFlush(
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(script.informational())));
    }
    int length = known == null ? script.bytes() : known.length;
    DefaultHttpResponse head =
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
    if (script.location() != null) {
      head.headers().set(HttpHeaderNames.LOCATION, script.location());
    }
    if (script.answer() != null) {
      int colon = script.answer().indexOf(':');
      head.headers().add(script.answer().substring(0, colon), script.answer().substring(colon + 1));
    }
    if (status == 401) {
      head.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Basic realm=\"contract\"");
    }
    boolean empty = status == 204 || status == 304 || request.method().equals(HttpMethod.HEAD);
    if (script.untilClose()) {
      head.headers().set(HttpHeaderNames.CONNECTION, "close");
    } else if (script.chunked()) {
      HttpUtil.setTransferEncodingChunked(head, !(ctx.channel() instanceof Http2StreamChannel));
    } else if (status != 204 && status != 304) {
      HttpUtil.setContentLength(head, length);
    }
    body = known == null ? new PatternStream(length) : new java.io.ByteArrayInputStream(known);
    left = empty ? 0 : length;
    cutAt = script.faultOf(nth).equals("mid-body") ? length / 2 : -1;
    closing =
        head.headers().contains(HttpHeaderNames.CONNECTION, "close", true)
            || request.headers().contains(HttpHeaderNames.CONNECTION, "close", true);
    ctx.write(head);
    pump(ctx);
  }

  /** Sends as much of the body as the connection takes now. */
  private void pump(ChannelHandlerContext ctx) {
    if (pumping) {
      // A flush below made the channel writable again.
      return;
    }
    pumping = true;
    try {
      while (left > 0 && left != cutAt && ctx.channel().isWritable()) {
        long wanted = Math.min(PIECE, cutAt > 0 && left > cutAt ? left - cutAt : left);
        byte[] piece = body.readNBytes((int) wanted);
        left -= piece.length;
        ctx.write(new DefaultHttpContent(Unpooled.wrappedBuffer(piece)));
      }
    } catch (IOException e) {
      throw new IllegalStateException("a body in memory cannot fail", e);
    }
    ctx.flush();
    pumping = false;
    if (body == null) {
      // The flush found the caller gone.
      return;
    }
    if (left > 0 && left == cutAt) {
      body = null;
      end(ctx);
    } else if (left > 0 && ctx.channel().isWritable()) {
      ctx.executor().execute(() -> channelWritabilityChanged(ctx));
    } else if (left == 0) {
      body = null;
      last(ctx);
    }
  }

  private void last(ChannelHandlerContext ctx) {
    DefaultLastHttpContent last = new DefaultLastHttpContent();
    if (script.trailer() != null) {
      int colon = script.trailer().indexOf(':');
      last.trailingHeaders()
          .set(script.trailer().substring(0, colon), script.trailer().substring(colon + 1));
    }
    answering = false;
    server.busy(connection(ctx), -1);
    boolean close = closing && !(ctx.channel() instanceof Http2StreamChannel);
    ctx.writeAndFlush(last)
        .addListener(
            written -> {
              if (close) {
                ctx.close();
              }
            });
  }

  private void end(ChannelHandlerContext ctx) {
    answering = false;
    server.busy(connection(ctx), -1);
    ctx.close();
  }

  private String echo(ChannelHandlerContext ctx) {
    StringBuilder echo = new StringBuilder();
    boolean stream = ctx.channel() instanceof Http2StreamChannel;
    line(echo, "instance", server.name());
    line(echo, "protocol", stream ? "HTTP/2" : "HTTP/1.1");
    line(echo, "method", request.method().name());
    line(echo, "uri", request.uri());
    line(echo, "host", request.headers().get(HttpHeaderNames.HOST));
    line(echo, "body", String.valueOf(received));
    line(echo, "sha256", HexFormat.of().formatHex(digest.digest()));
    SslHandler tls = connection(ctx).pipeline().get(SslHandler.class);
    if (tls != null && tls.engine().getSession() instanceof ExtendedSSLSession session) {
      session
          .getRequestedServerNames()
          .forEach(
              name -> line(echo, "sni", new String(name.getEncoded(), StandardCharsets.US_ASCII)));
    }
    for (Map.Entry<String, String> header : request.headers()) {
      line(echo, "header." + header.getKey().toLowerCase(Locale.ROOT), header.getValue());
    }
    return echo.toString();
  }

  private static void line(StringBuilder echo, String key, String value) {
    echo.append(key).append('=').append(value).append('\n');
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (body != null && ctx.channel().isWritable()) {
      pump(ctx);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (answering) {
      answering = false;
      body = null;
      server.busy(connection(ctx), -1);
      server.ledger().brokeOff(script.key());
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A caller that broke off, or a library that spoke nonsense: the caller's side of the test says
    // which.
    ctx.close();
  }
}
