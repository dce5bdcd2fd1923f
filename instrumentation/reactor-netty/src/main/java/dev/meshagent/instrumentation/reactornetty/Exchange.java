package dev.meshagent.instrumentation.reactornetty;

import io.netty.resolver.AddressResolverGroup;
import java.net.SocketAddress;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.resources.ConnectionProvider;

/** What the library wants a connection for: the arguments of its {@code acquire}. Immutable. */
final class Exchange {
  final HttpClientConfig config;

  /** Whom the library has told of what happens on the connection. */
  final ConnectionObserver observer;

  /** The library's handler of the exchange, which is also the supplier of the address. */
  final Object handler;

  private final ConnectionProvider provider;
  private final AddressResolverGroup<?> resolver;

  Exchange(
      ConnectionProvider provider,
      HttpClientConfig config,
      ConnectionObserver observer,
      Object handler,
      AddressResolverGroup<?> resolver) {
    this.provider = provider;
    this.config = config;
    this.observer = observer;
    this.handler = handler;
    this.resolver = resolver;
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
