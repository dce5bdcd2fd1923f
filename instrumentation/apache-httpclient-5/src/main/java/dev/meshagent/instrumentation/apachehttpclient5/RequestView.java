package dev.meshagent.instrumentation.apachehttpclient5;

import dev.meshagent.engine.call.HostMeaning;
import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.spi.Mesh;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Path;
import java.util.Locale;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;

/** The engine's view of a request, over the request itself and its route. */
class RequestView implements RequestHead {
  /** {@code HttpRoute.getUnixDomainSocket()}, or null before 5.6. */
  private static final MethodHandle UNIX_DOMAIN_SOCKET = unixDomainSocket();

  final HttpRequest request;

  private final HttpHost target;
  private final boolean repeatable;

  /** Until this is set nothing was sent, so that any body can still be sent from its start. */
  volatile boolean bodyMayBeSent;

  RequestView(HttpRequest request, HttpRoute route, boolean repeatable) {
    this.request = request;
    this.target = route.getTargetHost();
    this.repeatable = repeatable;
  }

  /**
   * Whether a call may be one of the mesh at all: those that are proxied, addressed or sent over a
   * socket of the file system are left alone.
   */
  static boolean eligible(HttpRequest request, HttpRoute route) {
    return route.getProxyHost() == null
        && eligible(route.getTargetHost())
        && !"CONNECT".equalsIgnoreCase(request.getMethod())
        && !isOfFileSystem(route);
  }

  private static MethodHandle unixDomainSocket() {
    try {
      return MethodHandles.publicLookup()
          .findVirtual(HttpRoute.class, "getUnixDomainSocket", MethodType.methodType(Path.class));
    } catch (ReflectiveOperationException older) {
      return null;
    }
  }

  private static boolean isOfFileSystem(HttpRoute route) {
    if (UNIX_DOMAIN_SOCKET == null) {
      return false;
    }
    try {
      return (Path) UNIX_DOMAIN_SOCKET.invokeExact(route) != null;
    } catch (Throwable e) {
      throw new IllegalStateException("HttpRoute does not say what socket it is for", e);
    }
  }

  private static boolean eligible(HttpHost target) {
    return target.getAddress() == null
        && ("http".equals(target.getSchemeName()) || "https".equals(target.getSchemeName()));
  }

  /** Whether a call to that host may be one of the mesh, for a client that has no chain. */
  static boolean mayBeMesh(Mesh mesh, HttpHost target) {
    return eligible(target) && mesh.meaning(host(target)) != HostMeaning.OUTSIDE;
  }

  @Override
  public final String scheme() {
    return target.getSchemeName();
  }

  @Override
  public final String method() {
    return request.getMethod();
  }

  @Override
  public final String host() {
    return host(target);
  }

  private static String host(HttpHost target) {
    String host = target.getHostName();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  @Override
  public final int port() {
    int port = target.getPort();
    return port == ("https".equals(target.getSchemeName()) ? 443 : 80) ? -1 : port;
  }

  @Override
  public final String pathAndQuery() {
    String path = request.getPath();
    return path == null || path.isEmpty() ? "/" : path;
  }

  @Override
  public final String header(String name) {
    Header[] headers = request.getHeaders(name);
    if (headers.length == 0) {
      // Before 5.1 the library has written it by now, after that it does so later.
      return name.toLowerCase(Locale.ROOT).equals("host") && request.getAuthority() != null
          ? request.getAuthority().toString()
          : null;
    }
    if (headers.length == 1) {
      return headers[0].getValue();
    }
    StringBuilder joined = new StringBuilder();
    for (Header header : headers) {
      joined.append(joined.length() == 0 ? "" : ",").append(header.getValue());
    }
    return joined.toString();
  }

  @Override
  public final boolean repeatable() {
    return !bodyMayBeSent || repeatable;
  }

  @Override
  public final boolean grpc() {
    Header type = request.getFirstHeader("content-type");
    return type != null
        && type.getValue() != null
        && type.getValue().startsWith("application/grpc");
  }
}
