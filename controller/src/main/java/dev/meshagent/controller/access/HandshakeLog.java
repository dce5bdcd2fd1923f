package dev.meshagent.controller.access;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLException;
import org.slf4j.LoggerFactory;

/**
 * Says in one line, at most once a minute for each host, that a connection came to no TLS; without
 * it the server would write a stack trace for each, and the bytes that came, which may hold a
 * token. Closes such a connection, and leaves the others when their handshake is done. Thread-safe.
 */
@Sharable
public final class HandshakeLog extends ChannelInboundHandlerAdapter {
  private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** That are remembered; of more, the one told of longest ago is forgotten. */
  private static final int HOSTS = 1_000;

  private final LongSupplier nanos;
  private final Consumer<String> log;
  private final Map<String, Long> told = new LinkedHashMap<>();

  public HandshakeLog() {
    this(System::nanoTime, LoggerFactory.getLogger(HandshakeLog.class)::warn);
  }

  HandshakeLog(LongSupplier nanos, Consumer<String> log) {
    this.nanos = nanos;
    this.log = log;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent done) {
      if (done.cause() instanceof SSLException failure) {
        failed(ctx, failure);
        return;
      }
      if (done.isSuccess()) {
        ctx.pipeline().remove(this);
      }
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable problem) {
    Throwable cause = problem instanceof DecoderException ? problem.getCause() : problem;
    if (cause instanceof SSLException failure) {
      failed(ctx, failure);
    } else {
      ctx.fireExceptionCaught(problem);
    }
  }

  private void failed(ChannelHandlerContext ctx, SSLException failure) {
    String host =
        ctx.channel().remoteAddress() instanceof InetSocketAddress remote
            ? remote.getHostString()
            : String.valueOf(ctx.channel().remoteAddress());
    if (isNews(host)) {
      String what =
          failure instanceof NotSslRecordException
              ? "it does not speak TLS, and this controller does; have it connect to https:// or"
                  + " wss://"
              : failure.getMessage();
      log.accept(
          "a connection from "
              + host
              + " was closed: "
              + what
              + " (said once a minute for each host)");
    }
    ctx.close();
  }

  private synchronized boolean isNews(String host) {
    long now = nanos.getAsLong();
    Long last = told.get(host);
    if (last != null && now - last < QUIET_NANOS) {
      return false;
    }
    told.remove(host);
    told.put(host, now);
    if (told.size() > HOSTS) {
      told.remove(told.keySet().iterator().next());
    }
    return true;
  }
}
