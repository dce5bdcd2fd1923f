package dev.meshagent.instrumentation.reactornetty;

import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.Mesh;
import io.netty.resolver.AddressResolverGroup;
import java.net.SocketAddress;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.resources.ConnectionProvider;

/**
 * What the library wants a connection for: the arguments of its {@code acquire}. When it is
 * subscribed to in place of what that answers, it opens a call of the mesh, or lets the library go
 * on. Immutable.
 */
final class Exchange extends Mono<Connection> {
  final HttpClientConfig config;

  /** Whom the library has told of what happens on the connection. */
  final ConnectionObserver observer;

  /** The library's handler of the exchange, which is also the supplier of the address. */
  final Object handler;

  private final ConnectionProvider provider;
  private final AddressResolverGroup<?> resolver;
  private final Mesh mesh;
  private final RequestView head;

  Exchange(
      Mesh mesh,
      RequestView head,
      ConnectionProvider provider,
      HttpClientConfig config,
      ConnectionObserver observer,
      Object handler,
      AddressResolverGroup<?> resolver) {
    this.mesh = mesh;
    this.head = head;
    this.provider = provider;
    this.config = config;
    this.observer = observer;
    this.handler = handler;
    this.resolver = resolver;
  }

  @Override
  public void subscribe(CoreSubscriber<? super Connection> actual) {
    MeshCall call = null;
    Step first = Step.PASS;
    try {
      call = mesh.open(ReactorNettyModule.NAME, head);
      first = call == null ? Step.PASS : call.next();
    } catch (Throwable e) {
      mesh.agentError(ReactorNettyModule.NAME, e);
    }
    if (first.kind == Step.Kind.PASS) {
      acquire(observer).subscribe(actual);
    } else {
      new Hop(mesh, call, this, head, actual).start(first);
    }
  }

  /** As the library would, but connected to that address and watched by that observer. */
  Mono<? extends Connection> acquire(SocketAddress address, ConnectionObserver watching) {
    return provider.acquire(config, watching, () -> address, resolver);
  }

  /** As the library would; the advice knows calls of its own by a supplier that is no handler. */
  Mono<? extends Connection> acquire(ConnectionObserver watching) {
    @SuppressWarnings("unchecked")
    Supplier<? extends SocketAddress> own = (Supplier<? extends SocketAddress>) handler;
    return provider.acquire(config, watching, own::get, resolver);
  }

  /** Has the application's request sent over a connection. */
  Publisher<Void> send(Connection operations) {
    return Internals.send(handler, operations);
  }
}
