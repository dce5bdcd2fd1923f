package dev.meshagent.instrumentation.apachehttpclient5;

import java.net.InetSocketAddress;
import org.apache.hc.core5.function.Resolver;
import org.apache.hc.core5.http.HttpHost;

/** Answers with the address that a host carries, and asks the library's resolver for any other. */
final class PinnedAddresses implements Resolver<HttpHost, InetSocketAddress> {
  private final Resolver<HttpHost, InetSocketAddress> resolver;

  private PinnedAddresses(Resolver<HttpHost, InetSocketAddress> resolver) {
    this.resolver = resolver;
  }

  /** Null for a resolver that is one of these, or for none: the pool then has its default. */
  @SuppressWarnings("unchecked")
  static Object around(Object resolver) {
    return resolver == null || resolver instanceof PinnedAddresses
        ? null
        : new PinnedAddresses((Resolver<HttpHost, InetSocketAddress>) resolver);
  }

  @Override
  public InetSocketAddress resolve(HttpHost host) {
    return host.getAddress() != null && host.getPort() > 0
        ? new InetSocketAddress(host.getAddress(), host.getPort())
        : resolver.resolve(host);
  }
}
