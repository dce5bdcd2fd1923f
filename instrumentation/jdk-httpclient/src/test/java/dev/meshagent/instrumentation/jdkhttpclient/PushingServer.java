package dev.meshagent.instrumentation.jdkhttpclient;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerUpgradeHandler;
import io.netty.handler.codec.http.HttpServerUpgradeHandler.UpgradeEvent;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2ServerUpgradeCodec;
import io.netty.handler.codec.http2.Http2Settings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;

/** A server that speaks HTTP/2 in clear after an upgrade, and pushes two resources per request. */
final class PushingServer implements AutoCloseable {
  private final EventLoopGroup threads =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Channel listener;

  PushingServer() {
    listener =
        new ServerBootstrap()
            .group(threads)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel connection) {
                    HttpServerCodec http1 = new HttpServerCodec();
                    connection
                        .pipeline()
                        .addLast(
                            http1,
                            new HttpServerUpgradeHandler(http1, PushingServer::upgrade, 4096));
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  @Override
  public void close() {
    listener.close().syncUninterruptibly();
    threads.shutdownGracefully();
  }

  private static HttpServerUpgradeHandler.UpgradeCodec upgrade(CharSequence protocol) {
    return Http2CodecUtil.HTTP_UPGRADE_PROTOCOL_NAME.toString().contentEquals(protocol)
        ? new Http2ServerUpgradeCodec(new Builder().build())
        : null;
  }

  private static final class Builder
      extends AbstractHttp2ConnectionHandlerBuilder<Pushing, Builder> {
    private final Requests requests = new Requests();

    @Override
    public Pushing build() {
      frameListener(requests);
      return super.build();
    }

    @Override
    protected Pushing build(
        Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
      requests.handler = new Pushing(decoder, encoder, settings);
      return requests.handler;
    }
  }

  /** Hands requests to the connection's handler, which is built after this. */
  private static final class Requests extends Http2EventAdapter {
    private Pushing handler;

    @Override
    public void onHeadersRead(
        ChannelHandlerContext context,
        int stream,
        Http2Headers headers,
        int dependency,
        short weight,
        boolean exclusive,
        int padding,
        boolean end)
        throws Http2Exception {
      handler.answer(context, stream, headers.authority());
    }
  }

  private static final class Pushing extends Http2ConnectionHandler {
    Pushing(
        Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
      super(decoder, encoder, settings);
    }

    /** The request that asked for the upgrade is stream 1. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
      if (event instanceof UpgradeEvent) {
        answer(context, 1, ((UpgradeEvent) event).upgradeRequest().headers().get("host"));
      }
      super.userEventTriggered(context, event);
    }

    /** Promises come before the answer, so that the client knows them once it has that. */
    void answer(ChannelHandlerContext context, int stream, CharSequence authority) {
      int style = promise(context, stream, authority, "/style");
      int script = promise(context, stream, authority, "/script");
      write(context, stream, "page of " + authority);
      write(context, style, "style");
      write(context, script, "script");
      context.flush();
    }

    private int promise(
        ChannelHandlerContext context, int stream, CharSequence authority, String path) {
      int promised = connection().local().incrementAndGetNextStreamId();
      Http2Headers request =
          new DefaultHttp2Headers().method("GET").scheme("http").authority(authority).path(path);
      encoder().writePushPromise(context, stream, promised, request, 0, context.newPromise());
      return promised;
    }

    private void write(ChannelHandlerContext context, int stream, String body) {
      encoder()
          .writeHeaders(
              context,
              stream,
              new DefaultHttp2Headers().status("200"),
              0,
              false,
              context.newPromise());
      encoder()
          .writeData(
              context,
              stream,
              ByteBufUtil.encodeString(
                  context.alloc(), CharBuffer.wrap(body), StandardCharsets.UTF_8),
              0,
              true,
              context.newPromise());
    }
  }
}
