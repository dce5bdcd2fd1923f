package dev.meshagent.controller.names;

import io.netty.channel.AddressedEnvelope;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseCombiner;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Asks the name servers of this machine, and its hosts file before them. Thread-safe. */
public final class DnsResolver implements Resolver {
  /** Short of the interval at which names are looked up again. */
  private static final long TIMEOUT_MILLIS = 4_000;

  private static final List<DnsRecordType> ADDRESSES = List.of(DnsRecordType.A, DnsRecordType.AAAA);

  private final EventLoop loop;
  private final DnsServerAddressStreamProvider servers;

  /** Null until the first name is asked for: most meshes have none. */
  private DnsNameResolver resolver;

  /**
   * @param loop where it works; when that ends, it does
   */
  public DnsResolver(EventLoop loop) {
    this(loop, DnsServerAddressStreamProviders.platformDefault());
  }

  DnsResolver(EventLoop loop, DnsServerAddressStreamProvider servers) {
    this.loop = loop;
    this.servers = servers;
  }

  private synchronized DnsNameResolver resolver() {
    if (resolver == null) {
      resolver =
          new DnsNameResolverBuilder(loop)
              .datagramChannelType(NioDatagramChannel.class)
              .socketChannelType(NioSocketChannel.class)
              .resolveCache(NoopDnsCache.INSTANCE)
              .queryTimeoutMillis(TIMEOUT_MILLIS)
              .nameServerProvider(servers)
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
              } else if (saysNotWhy(found.cause())) {
                noneOrFailed(host, found.cause(), answer);
              } else {
                answer.completeExceptionally(found.cause());
              }
            });
    return answer;
  }

  /** As Netty does both where a name has records but no address, and where servers refuse. */
  private static boolean saysNotWhy(Throwable failure) {
    return failure instanceof UnknownHostException && failure.getCause() == null;
  }

  /** Asks once more, for the response codes. */
  private void noneOrFailed(
      String host, Throwable failure, CompletableFuture<List<String>> answer) {
    PromiseCombiner asked = new PromiseCombiner(loop);
    List<Future<AddressedEnvelope<DnsResponse, InetSocketAddress>>> responses = new ArrayList<>();
    for (DnsRecordType type : ADDRESSES) {
      Future<AddressedEnvelope<DnsResponse, InetSocketAddress>> response =
          resolver().query(new DefaultDnsQuestion(host, type));
      responses.add(response);
      asked.add(response);
    }
    Promise<Void> done = loop.newPromise();
    asked.finish(done);
    done.addListener(
        ignored -> {
          boolean none = true;
          for (Future<AddressedEnvelope<DnsResponse, InetSocketAddress>> response : responses) {
            none &= response.isSuccess() && saysThatThereIsNone(response.getNow());
          }
          if (none) {
            answer.complete(List.of());
          } else {
            answer.completeExceptionally(failure);
          }
        });
  }

  private static boolean saysThatThereIsNone(
      AddressedEnvelope<DnsResponse, InetSocketAddress> envelope) {
    try {
      DnsResponse response = envelope.content();
      for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
        if (ADDRESSES.contains(response.<DnsRecord>recordAt(DnsSection.ANSWER, i).type())) {
          return false;
        }
      }
      return response.code().equals(DnsResponseCode.NOERROR)
          || response.code().equals(DnsResponseCode.NXDOMAIN);
    } finally {
      envelope.release();
    }
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
