package dev.meshagent.instrumentation.reactornetty;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.net.SocketAddress;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.http.client.HttpClientState;
import reactor.util.context.Context;

/**
 * Answers an exchange over a channel that is connected to nobody: the library's own handlers write
 * the request, which goes nowhere, and read the answer. Everything happens on the thread that asks.
 */
final class Synthesis implements ConnectionObserver {
  private final ConnectionObserver library;
  private final byte[] answer;
  private EmbeddedChannel channel;
  private boolean requested;

  private Synthesis(ConnectionObserver library, byte[] answer) {
    this.library = library;
    this.answer = answer;
  }

  /**
   * @param answer in the form of HTTP/1.1
   */
  static void answer(Exchange exchange, SocketAddress address, byte[] answer) throws Exception {
    Synthesis synthesis = new Synthesis(exchange.observer, answer);
    synthesis.channel =
        new EmbeddedChannel(
            new Nowhere(),
            Internals.plain(exchange.config).channelInitializer(synthesis, address, false));
    synthesis.goOn();
  }

  @Override
  public Context currentContext() {
    return library.currentContext();
  }

  @Override
  public void onUncaughtException(Connection connection, Throwable error) {
    library.onUncaughtException(connection, error);
  }

  @Override
  public void onStateChange(Connection connection, State state) {
    library.onStateChange(connection, state);
    if (state == HttpClientState.REQUEST_SENT) {
      requested = true;
      goOn();
    }
  }

  /** The request may be sent before the channel's constructor returns. */
  private void goOn() {
    if (requested && channel != null) {
      requested = false;
      channel.writeInbound(Unpooled.wrappedBuffer(answer));
      channel.runPendingTasks();
    }
  }

  /** Takes what is written. */
  private static final class Nowhere extends ChannelOutboundHandlerAdapter {
    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      ReferenceCountUtil.release(message);
      promise.trySuccess();
    }
  }
}
