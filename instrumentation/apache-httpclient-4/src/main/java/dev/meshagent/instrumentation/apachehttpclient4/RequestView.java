package dev.meshagent.instrumentation.apachehttpclient4;

import dev.meshagent.engine.call.HostMeaning;
import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.spi.Mesh;
import java.net.URI;
import org.apache.http.Header;
import org.apache.http.HttpHost;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.conn.routing.HttpRoute;

/** The engine's view of a request, over the request itself and its route. */
final class RequestView implements RequestHead {
  final HttpRequestWrapper request;
  final HttpRoute route;
  private final boolean repeatable;

  /** Until this is set nothing was sent, so that any body can still be sent from its start. */
  volatile boolean bodyMayBeSent;

  RequestView(HttpRequestWrapper request, HttpRoute route, boolean repeatable) {
    this.request = request;
    this.route = route;
    this.repeatable = repeatable;
  }

  /** Whether a call may be one of the mesh at all: proxied and addressed ones are left alone. */
  static boolean eligible(HttpRequestWrapper request, HttpRoute route) {
    return eligible(route) && !"CONNECT".equalsIgnoreCase(request.getMethod());
  }

  private static boolean eligible(HttpRoute route) {
    HttpHost target = route.getTargetHost();
    return route.getProxyHost() == null
        && target.getAddress() == null
        && ("http".equals(target.getSchemeName()) || "https".equals(target.getSchemeName()));
  }

  /**
   * Whether a route may be that of a call of the mesh, for a client that connects first.
   *
   * @param mesh null before it is there
   */
  static boolean mayBeMesh(Mesh mesh, HttpRoute route) {
    if (mesh == null || !eligible(route)) {
      return false;
    }
    try {
      return mesh.meaning(host(route.getTargetHost())) != HostMeaning.OUTSIDE;
    } catch (RuntimeException e) {
      mesh.agentError(ApacheHttpClient4Module.NAME, e);
      return false;
    }
  }

  @Override
  public String scheme() {
    return route.getTargetHost().getSchemeName();
  }

  @Override
  public String method() {
    return request.getMethod();
  }

  @Override
  public String host() {
    return host(route.getTargetHost());
  }

  private static String host(HttpHost target) {
    String host = target.getHostName();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  @Override
  public int port() {
    HttpHost target = route.getTargetHost();
    int port = target.getPort();
    return port == ("https".equals(target.getSchemeName()) ? 443 : 80) ? -1 : port;
  }

  @Override
  public String pathAndQuery() {
    URI uri = request.getURI();
    String path = uri == null ? request.getRequestLine().getUri() : uri.getRawPath();
    if (path == null || path.isEmpty()) {
      path = "/";
    }
    return uri == null || uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
  }

  @Override
  public String header(String name) {
    Header[] headers = request.getHeaders(name);
    if (headers.length == 0) {
      return null;
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
  public boolean repeatable() {
    return !bodyMayBeSent || repeatable;
  }

  /** Whatever was sent by now. */
  boolean bodyIsRepeatable() {
    return repeatable;
  }

  @Override
  public boolean grpc() {
    Header type = request.getFirstHeader("content-type");
    return type != null
        && type.getValue() != null
        && type.getValue().startsWith("application/grpc");
  }
}
