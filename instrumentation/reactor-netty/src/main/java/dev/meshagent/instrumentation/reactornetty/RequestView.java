package dev.meshagent.instrumentation.reactornetty;

import dev.meshagent.engine.call.RequestHead;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.transport.ProxyProvider;

/** The engine's view of an exchange, before its connection is there. */
final class RequestView implements RequestHead {
  private static final Set<String> BODILESS =
      new HashSet<>(Arrays.asList("GET", "HEAD", "OPTIONS", "TRACE"));

  private final boolean secure;
  private final String method;
  private final InetSocketAddress address;
  private final String pathAndQuery;
  private final HttpHeaders headers;
  private final Function<String, String> foretold;

  /** Until this is set nothing was sent, so that any body can still be sent. */
  volatile boolean bodyMayBeSent;

  /** Null where the application's function is asked again. */
  volatile RequestCopy copy;

  private RequestView(
      boolean secure,
      String method,
      InetSocketAddress address,
      String pathAndQuery,
      HttpHeaders headers,
      Function<String, String> foretold) {
    this.secure = secure;
    this.method = method;
    this.address = address;
    this.pathAndQuery = pathAndQuery;
    this.headers = headers;
    this.foretold = foretold;
  }

  /**
   * @param foretold the headers that the application will write, if they are known; or null
   * @return null where the exchange does not go to a host and a port as written, but to an address
   *     that the application chose, or by a proxy
   */
  static RequestView of(HttpClientConfig config, Object handler, Function<String, String> foretold)
      throws Exception {
    Object uri = Internals.uri(handler);
    Object address = Internals.address(uri);
    if (!(address instanceof InetSocketAddress) || !((InetSocketAddress) address).isUnresolved()) {
      return null;
    }
    InetSocketAddress unresolved = (InetSocketAddress) address;
    ProxyProvider proxy = Internals.proxy(handler);
    if (proxy != null && proxy.shouldProxy(unresolved)) {
      return null;
    }
    String scheme = Internals.scheme(uri).toLowerCase(Locale.ROOT);
    return new RequestView(
        scheme.equals("https") || scheme.equals("wss"),
        Internals.method(handler),
        unresolved,
        Internals.pathAndQuery(uri),
        Internals.headers(config),
        foretold);
  }

  /** True if requests of this method hardly ever have a body. */
  boolean bodiless() {
    return BODILESS.contains(method);
  }

  @Override
  public String scheme() {
    return secure ? "https" : "http";
  }

  @Override
  public String method() {
    return method;
  }

  @Override
  public String host() {
    return address.getHostString();
  }

  /** The library does not tell a default port that was written from one that was not. */
  @Override
  public int port() {
    int port = address.getPort();
    return port == (secure ? 443 : 80) ? -1 : port;
  }

  @Override
  public String pathAndQuery() {
    return pathAndQuery;
  }

  @Override
  public String header(String name) {
    String written = foretold == null ? null : foretold.apply(name);
    if (written != null) {
      return written;
    }
    // Most that are asked for are not there, which this says without a list.
    return headers.get(name) == null ? null : String.join(",", headers.getAll(name));
  }

  @Override
  public boolean repeatable() {
    return !bodyMayBeSent || copy != null && copy.isWhole();
  }

  @Override
  public boolean grpc() {
    String type = header("content-type");
    return type != null && type.startsWith("application/grpc");
  }
}
