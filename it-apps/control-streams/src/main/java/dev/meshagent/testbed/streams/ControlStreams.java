package dev.meshagent.testbed.streams;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.net.URI;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * Simulated agents of one controller, all on one thread, so that thousands of them cost little
 * beside the controller that they are to measure. Thread-safe.
 */
public final class ControlStreams implements AutoCloseable {
  private static final int MAX_FRAME = 4 * 1024 * 1024;

  static {
    // What else is on the class path does not decide where Netty complains.
    InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
  }

  private final URI uri;
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final EventLoop loop = group.next();

  /**
   * @param controller its base URI; agents connect to it in the clear
   */
  public ControlStreams(URI controller) {
    this.uri = URI.create("ws://" + controller.getAuthority() + "/agent/v1/connect");
  }

  /**
   * Opens a stream; it is open when {@link SimulatedAgent#ready} completes.
   *
   * @param listener runs on the streams' thread
   */
  public SimulatedAgent open(Greeting greeting, SimulatedAgent.Listener listener) {
    SimulatedAgent agent = new SimulatedAgent(greeting, listener);
    new Bootstrap()
        .group(loop)
        .channel(NioSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .handler(
            new ChannelInitializer<SocketChannel>() {
              @Override
              protected void initChannel(SocketChannel channel) {
                channel
                    .pipeline()
                    .addLast(
                        new HttpClientCodec(),
                        new HttpObjectAggregator(8192),
                        new WebSocketClientProtocolHandler(
                            WebSocketClientProtocolConfig.newBuilder()
                                .webSocketUri(uri)
                                .maxFramePayloadLength(MAX_FRAME)
                                .withUTF8Validator(false)
                                // Only browsers say where they come from.
                                .generateOriginHeader(false)
                                .build()),
                        new WebSocketFrameAggregator(MAX_FRAME),
                        agent);
              }
            })
        .connect(uri.getHost(), uri.getPort())
        .addListener(
            connected -> {
              if (!connected.isSuccess()) {
                agent.failed(connected.cause());
              }
            });
    return agent;
  }

  /** Runs something between frames, and waits for what it returns. */
  public <T> T between(Callable<T> task) throws Exception {
    return loop.submit(task).get();
  }

  /** Cuts all streams off. */
  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
