package dev.meshagent.instrumentation.jdkhttpclient;

import dev.meshagent.engine.call.RequestHead;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The engine's view of a request of the JDK's client, over the request itself. */
final class RequestView implements RequestHead {
  private final HttpRequest request;
  private final URI uri;

  /** Until this is set nothing was sent, so that any body can still be sent from its start. */
  volatile boolean bodyMayBeSent;

  RequestView(HttpRequest request) {
    this.request = request;
    this.uri = request.uri();
  }

  /** The client's own, as which it is known under way. */
  HttpRequest request() {
    return request;
  }

  @Override
  public String scheme() {
    return uri.getScheme().toLowerCase(Locale.ROOT);
  }

  @Override
  public String method() {
    return request.method();
  }

  @Override
  public String host() {
    String host = uri.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  @Override
  public int port() {
    return uri.getPort();
  }

  @Override
  public String pathAndQuery() {
    String path = uri.getRawPath();
    if (path == null || path.isEmpty()) {
      path = "/";
    }
    String query = uri.getRawQuery();
    return query == null ? path : path + "?" + query;
  }

  @Override
  public String header(String name) {
    List<String> values = request.headers().allValues(name);
    if (values.isEmpty()) {
      // Cookies from the client's handler and credentials are not among the user's headers.
      Map<String, List<String>> system = ClientInternals.systemHeaders(request);
      List<String> added = system == null ? null : system.get(name);
      if (added == null || added.isEmpty()) {
        return null;
      }
      values = added;
    }
    return values.size() == 1 ? values.get(0) : String.join(",", values);
  }

  @Override
  public boolean repeatable() {
    return !bodyMayBeSent || BodyPublishing.repeatable(request.bodyPublisher().orElse(null));
  }

  @Override
  public boolean grpc() {
    String type = header("content-type");
    return type != null && type.startsWith("application/grpc");
  }
}
