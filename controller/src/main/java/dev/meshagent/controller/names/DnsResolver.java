package dev.meshagent.controller.names;

import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Asks the name servers of this machine, and its hosts file before them. Thread-safe. */
public final class DnsResolver implements Resolver {
  /** Short of the interval at which names are looked up again. */
  private static final long TIMEOUT_MILLIS = 4_000;

  private final EventLoop loop;

  /** Null until the first name is asked for: most meshes have none. */
  private DnsNameResolver resolver;

  /**
   * @param loop where it works; when that ends, it does
   */
  public DnsResolver(EventLoop loop) {
    this.loop = loop;
  }

  private synchronized DnsNameResolver resolver() {
    if (resolver == null) {
      resolver =
          new DnsNameResolverBuilder(loop)
              .datagramChannelType(NioDatagramChannel.class)
              .socketChannelType(NioSocketChannel.class)
              .resolveCache(NoopDnsCache.INSTANCE)
              .queryTimeoutMillis(TIMEOUT_MILLIS)
              .build();
    }
    return resolver;
  }

  @Override
  public CompletionStage<List<String>> resolve(String host) {
    CompletableFuture<List<String>> answer = new CompletableFuture<>();
    resolver()
        .resolveAll(host)
        .addListener(
            (Future<List<InetAddress>> found) -> {
              if (found.isSuccess()) {
                answer.complete(found.getNow().stream().map(DnsResolver::literal).toList());
              } else if (saysThatThereIsNone(found.cause())) {
                answer.complete(List.of());
              } else {
                answer.completeExceptionally(found.cause());
              }
            });
    return answer;
  }

  /** Without the scope of IPv6, which means nothing to another host. */
  private static String literal(InetAddress address) {
    String text = address.getHostAddress();
    int scope = text.indexOf('%');
    return scope < 0 ? text : text.substring(0, scope);
  }

  private static boolean saysThatThereIsNone(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof DnsErrorCauseException said
          && said.getCode().equals(DnsResponseCode.NXDOMAIN)) {
        return true;
      }
    }
    return false;
  }
}
