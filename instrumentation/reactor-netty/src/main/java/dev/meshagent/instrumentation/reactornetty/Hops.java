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
  static Object acquire(Object provider, Object[] arguments) {
    Mesh mesh = Mesh.get();
    if (mesh == null
        || !Internals.AVAILABLE
        || !Internals.isHandler(arguments[2])
        || !(arguments[0] instanceof HttpClientConfig)) {
      return null;
    }
    try {
      HttpClientConfig config = (HttpClientConfig) arguments[0];
      ConnectionObserver observer = (ConnectionObserver) arguments[1];
      RequestView head =
          RequestView.of(config, arguments[2], Foretold.of(observer.currentContext()));
      if (head == null) {
        return null;
      }
      Exchange exchange =
          new Exchange(
              (ConnectionProvider) provider,
              config,
              observer,
              arguments[2],
              (AddressResolverGroup<?>) arguments[3]);
      return new Acquiring(mesh, exchange, head);
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
