package dev.meshagent.instrumentation.httpurlconnection;

import dev.meshagent.engine.call.RequestHead;
import java.net.CookieHandler;
import java.net.URL;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The engine's view of a request. It does not refer to the connection, so that one which the
 * application forgets can be collected while its call is still open.
 */
final class RequestView implements RequestHead {
  private final URL url;
  private final String method;
  private final Object headers;
  private final CookieHandler cookies;
  private final boolean streaming;

  RequestView(URL url, String method, Object headers, CookieHandler cookies, boolean streaming) {
    this.url = url;
    this.method = method;
    this.headers = headers;
    this.cookies = cookies;
    this.streaming = streaming;
  }

  URL url() {
    return url;
  }

  @Override
  public String scheme() {
    return url.getProtocol().toLowerCase(Locale.ROOT);
  }

  @Override
  public String method() {
    return method;
  }

  @Override
  public String host() {
    String host = url.getHost();
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  @Override
  public int port() {
    return url.getPort();
  }

  @Override
  public String pathAndQuery() {
    String file = url.getFile();
    if (file == null || file.isEmpty()) {
      return "/";
    }
    return file.charAt(0) == '?' ? "/" + file : file;
  }

  @Override
  public String header(String name) {
    try {
      String value = Heads.value(headers, name);
      // The library asks the cookie handler only when it writes.
      return value == null && cookies != null && name.equalsIgnoreCase("cookie") ? cookie() : value;
    } catch (Exception e) {
      return null;
    }
  }

  private String cookie() throws Exception {
    Map<String, List<String>> found =
        cookies.get(url.toURI(), Collections.<String, List<String>>emptyMap());
    List<String> values = found.get("Cookie");
    return values == null || values.isEmpty() ? null : String.join("; ", values);
  }

  /** Whether the library waits for the server to ask for the body. */
  boolean expectsContinue() {
    return streaming && "100-continue".equalsIgnoreCase(header("Expect"));
  }

  @Override
  public boolean repeatable() {
    return !streaming;
  }

  @Override
  public boolean grpc() {
    String type = header("content-type");
    return type != null && type.startsWith("application/grpc");
  }
}
