package dev.meshagent.instrumentation.reactornetty;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import dev.meshagent.spi.Mesh;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import java.util.List;
import java.util.Map;

/**
 * Changes the heads of one attempt's request and response as the attempt says, between the library
 * and its codec. For one exchange on one event loop.
 */
final class Rewriting extends ChannelDuplexHandler {
  static final String NAME = "mesh-agent.rewriting";

  private final Attempt attempt;

  private Rewriting(Attempt attempt) {
    this.attempt = attempt;
  }

  /** Null if the attempt leaves heads as they are. */
  static Rewriting of(Attempt attempt) {
    return attempt.rewrites() || !attempt.responseHeaders().isEmpty()
        ? new Rewriting(attempt)
        : null;
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise)
      throws Exception {
    if (message instanceof HttpRequest) {
      try {
        rewrite((HttpRequest) message);
      } catch (RuntimeException | LinkageError e) {
        failed(e);
      }
    }
    super.write(context, message, promise);
  }

  private void rewrite(HttpRequest request) {
    apply(attempt.requestHeaders(), request.headers());
    if (attempt.pathAndQuery() != null) {
      request.setUri(attempt.pathAndQuery());
    }
    if (attempt.authority() != null) {
      request.headers().set(HttpHeaderNames.HOST, attempt.authority());
    }
  }

  /** As of a value that Netty refuses: the head goes on, with what was changed before. */
  private static void failed(Throwable error) {
    Mesh mesh = Mesh.get();
    if (mesh != null) {
      mesh.agentError(ReactorNettyModule.NAME, error);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    if (message instanceof HttpResponse) {
      HttpResponse response = (HttpResponse) message;
      if (response.status().code() >= 200) {
        try {
          apply(attempt.responseHeaders(), response.headers());
        } catch (RuntimeException | LinkageError e) {
          failed(e);
        }
      }
    }
    super.channelRead(context, message);
  }

  /** Removes, sets, then adds. */
  private static void apply(HeaderOps operations, HttpHeaders headers) {
    for (String name : operations.remove) {
      headers.remove(name);
    }
    for (Map.Entry<String, String> header : operations.set.entrySet()) {
      headers.set(header.getKey(), header.getValue());
    }
    for (Map.Entry<String, List<String>> header : operations.add.entrySet()) {
      headers.add(header.getKey(), header.getValue());
    }
  }
}
