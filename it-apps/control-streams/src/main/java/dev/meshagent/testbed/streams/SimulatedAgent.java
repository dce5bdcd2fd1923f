package dev.meshagent.testbed.streams;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * A control stream as docs/control-protocol.md describes it, without an agent behind it: says
 * hello, subscribes, renews its lease when it has said nothing else for long enough, keeps the list
 * of endpoints that it is told, and acknowledges whatever is to be acknowledged. What it is asked
 * to send may come from any thread; what it has been told belongs to the streams' thread.
 */
public final class SimulatedAgent extends SimpleChannelInboundHandler<TextWebSocketFrame> {
  /** A third of the lease that a controller has by default. */
  private static final long RENEW_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final String RENEW = "{\"type\":\"renew\"}";

  private final Greeting greeting;
  private final Listener listener;
  private final CompletableFuture<SimulatedAgent> ready = new CompletableFuture<>();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private final Map<String, Set<String>> views = new HashMap<>();
  private ChannelHandlerContext stream;
  private long saidNanos;
  private long toldNanos;
  private boolean leaving;

  /** Is told what the agent is told, before the agent takes it in and answers. */
  @FunctionalInterface
  public interface Listener {
    void told(SimulatedAgent agent, Told told);
  }

  SimulatedAgent(Greeting greeting, Listener listener) {
    this.greeting = greeting;
    this.listener = listener;
  }

  /** Completes when it has said hello, or fails if it could not connect. */
  public CompletionStage<SimulatedAgent> ready() {
    return ready;
  }

  public Greeting greeting() {
    return greeting;
  }

  /** The endpoints of a service that it has been told; for the streams' thread. */
  public Set<String> view(String service) {
    return views.getOrDefault(service, Set.of());
  }

  /** When it was last told of a service, by {@link System#nanoTime}; for the streams' thread. */
  public long toldNanos() {
    return toldNanos;
  }

  /**
   * Leaves as an agent does: announces its exit, and closes when the controller says that everybody
   * knows.
   *
   * @return completes when the stream is closed
   */
  public CompletionStage<Void> leave() {
    stream
        .executor()
        .execute(
            () -> {
              leaving = true;
              say("{\"type\":\"drain\"}");
              stream.flush();
            });
    return drained;
  }

  void failed(Throwable cause) {
    ready.completeExceptionally(cause);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
      stream = ctx;
      say(greeting.hello());
      if (!greeting.wanted().isEmpty()) {
        say(greeting.subscribe());
      }
      ctx.flush();
      renewAfter(RENEW_NANOS);
      ready.complete(this);
    }
  }

  private void renewAfter(long nanos) {
    stream.executor().schedule(this::renewIfSilent, nanos, TimeUnit.NANOSECONDS);
  }

  private void renewIfSilent() {
    if (!stream.channel().isActive()) {
      return;
    }
    long left = saidNanos + RENEW_NANOS - System.nanoTime();
    if (left <= 0) {
      say(RENEW);
      stream.flush();
      left = RENEW_NANOS;
    }
    renewAfter(left);
  }

  private void say(String frame) {
    saidNanos = System.nanoTime();
    stream.write(new TextWebSocketFrame(frame), stream.voidPromise());
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, TextWebSocketFrame frame)
      throws IOException {
    Told told = Told.read(ByteBufUtil.getBytes(frame.content()));
    if (told.wantsAnswer()) {
      listener.told(this, told);
      Set<String> view = views.computeIfAbsent(told.service(), service -> new HashSet<>());
      if (told.whole()) {
        view.clear();
      }
      view.addAll(told.upserted());
      told.removed().forEach(view::remove);
      toldNanos = System.nanoTime();
      say(told.ack());
    } else if (told.type().equals("drained")) {
      ctx.close();
    } else if (told.type().equals("error")) {
      failed(new IOException("the controller said: " + frame.text()));
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    IOException closed = new IOException("the control stream was closed");
    ready.completeExceptionally(closed);
    if (leaving) {
      drained.complete(null);
    } else {
      drained.completeExceptionally(closed);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    failed(cause);
    ctx.close();
  }
}
