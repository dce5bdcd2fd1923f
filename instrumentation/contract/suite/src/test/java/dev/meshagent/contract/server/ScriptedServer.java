package dev.meshagent.contract.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerUpgradeHandler;
import io.netty.handler.codec.http2.CleartextHttp2ServerUpgradeHandler;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ServerUpgradeCodec;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.util.AsciiString;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One instance of a service: HTTP/1.1 and HTTP/2 on one port, in cleartext (by prior knowledge or
 * upgrade) or over TLS (by ALPN). Thread-safe.
 */
final class ScriptedServer implements AutoCloseable {
  private static final AttributeKey<AtomicInteger> BUSY = AttributeKey.valueOf("contract.busy");
  private static final int LARGEST_UPGRADED_BODY = 128 * 1024 * 1024;

  private final String name;
  private final Ledger ledger;
  private final AtomicInteger accepted = new AtomicInteger();
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final Channel listener;

  private ScriptedServer(String name, Ledger ledger, EventLoopGroup loops, SslContext tls) {
    this.name = name;
    this.ledger = ledger;
    this.listener =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel connection) {
                    accepted(connection, tls);
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .syncUninterruptibly()
            .channel();
  }

  /**
   * @param tls null for cleartext
   */
  static ScriptedServer start(String name, Ledger ledger, EventLoopGroup loops, SslContext tls) {
    return new ScriptedServer(name, ledger, loops, tls);
  }

  private void accepted(Channel connection, SslContext tls) {
    accepted.incrementAndGet();
    connection.attr(BUSY).set(new AtomicInteger());
    connections.add(connection);
    if (tls == null) {
      clear(connection.pipeline());
      return;
    }
    connection
        .pipeline()
        .addLast(
            tls.newHandler(connection.alloc()),
            new ApplicationProtocolNegotiationHandler(ApplicationProtocolNames.HTTP_1_1) {
              @Override
              protected void configurePipeline(
                  io.netty.channel.ChannelHandlerContext ctx, String protocol) {
                if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
                  ctx.pipeline().addLast(Http2FrameCodecBuilder.forServer().build(), multiplexer());
                } else {
                  ctx.pipeline()
                      .addLast(new HttpServerCodec(), new ScriptedHandler(ScriptedServer.this));
                }
              }
            });
  }

  private void clear(ChannelPipeline pipeline) {
    HttpServerCodec codec = new HttpServerCodec();
    HttpServerUpgradeHandler upgrade =
        new HttpServerUpgradeHandler(
            codec,
            protocol ->
                AsciiString.contentEquals(Http2CodecUtil.HTTP_UPGRADE_PROTOCOL_NAME, protocol)
                    ? new Http2ServerUpgradeCodec(
                        Http2FrameCodecBuilder.forServer().build(), multiplexer())
                    : null,
            LARGEST_UPGRADED_BODY);
    pipeline.addLast(
        new CleartextHttp2ServerUpgradeHandler(
            codec,
            upgrade,
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel known) {
                known.pipeline().addLast(Http2FrameCodecBuilder.forServer().build(), multiplexer());
              }
            }),
        new ScriptedHandler(this));
  }

  private Http2MultiplexHandler multiplexer() {
    return new Http2MultiplexHandler(
        new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel stream) {
            stream
                .pipeline()
                .addLast(
                    new Http2StreamFrameToHttpObjectCodec(true),
                    new ScriptedHandler(ScriptedServer.this));
          }
        });
  }

  void busy(Channel connection, int more) {
    connection.attr(BUSY).get().addAndGet(more);
  }

  Ledger ledger() {
    return ledger;
  }

  String name() {
    return name;
  }

  int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  int accepted() {
    return accepted.get();
  }

  int open() {
    return connections.size();
  }

  /** Closes the connections that have no request in them, and waits until that is sent. */
  int closeIdle() throws InterruptedException {
    List<Channel> idle = new ArrayList<>();
    for (Channel connection : connections) {
      if (connection.attr(BUSY).get().get() == 0) {
        idle.add(connection);
      }
    }
    for (Channel connection : idle) {
      connection.close().sync();
    }
    return idle.size();
  }

  @Override
  public void close() {
    listener.close().syncUninterruptibly();
    connections.close();
  }
}
