package dev.meshagent.instrumentation.reactornetty;

import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Continuations;
import io.netty.resolver.AddressResolverGroup;
import reactor.netty.ConnectionObserver;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.resources.ConnectionProvider;

/** What the advice asks for. Thread-safe. */
final class Hops {
  /** Where things go on after a timer of the agent. */
  static final Continuations CONTINUATIONS = new Continuations("Reactor Netty");

  static {
    Mesh mesh = Mesh.get();
    if (!Internals.AVAILABLE && mesh != null) {
      mesh.agentError(ReactorNettyModule.NAME, Internals.UNAVAILABLE);
    }
  }

  private Hops() {}

  /**
   * The library wants a connection.
   *
   * @return the Mono to acquire it with, or null to leave that to the library
   */
  static Object acquire(
      Object provider, Object config, Object observer, Object handler, Object resolver) {
    Mesh mesh = Mesh.get();
    if (mesh == null
        || !Internals.AVAILABLE
        || !Internals.isHandler(handler)
        || !(config instanceof HttpClientConfig)) {
      return null;
    }
    try {
      HttpClientConfig configured = (HttpClientConfig) config;
      ConnectionObserver told = (ConnectionObserver) observer;
      RequestView head = RequestView.of(configured, handler, Foretold.of(told.currentContext()));
      if (head == null) {
        return null;
      }
      return new Exchange(
          mesh,
          head,
          (ConnectionProvider) provider,
          configured,
          told,
          handler,
          (AddressResolverGroup<?>) resolver);
    } catch (Throwable e) {
      mesh.agentError(ReactorNettyModule.NAME, e);
      return null;
    }
  }

  /**
   * The library wants the application's request sent over a connection.
   *
   * @return what sends a copy of it instead, or null to leave that to the library
   */
  static Object sendCopy(Object handler, Object operations) throws Exception {
    RequestCopy copy =
        operations instanceof ChannelOperations
            ? Try.copyFor((ChannelOperations<?, ?>) operations)
            : null;
    return copy == null || Internals.body(handler) == copy ? null : copy.send(handler, operations);
  }
}
