package dev.meshagent.controller.explain;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meshagent.controller.compile.Caller;
import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.engine.snapshot.Hosts;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A request that somebody asks about, and who would send it.
 *
 * @param host without brackets
 * @param port -1 if none is named
 * @param headers by names in lower case
 * @param grpc whether it would be a call of gRPC
 */
record AskedRequest(
    String method,
    URI uri,
    String host,
    int port,
    Map<String, String> headers,
    boolean grpc,
    Caller caller)
    implements RequestHead {
  /**
   * URI knows no host whose last label begins with a digit, as that of a namespace may: it would be
   * taken for no host at all.
   */
  private static final Pattern AUTHORITY =
      Pattern.compile("(.*@)?(\\[(?<ip>[^\\]]*)\\]|(?<host>[^:\\[\\]]+))(:(?<port>[0-9]{1,5})?)?");

  /**
   * Reads {@code {"method", "url", "headers", "grpc", "caller": {"namespace", "service",
   * "labels"}}}; all but the URL may be left out.
   *
   * @throws IllegalArgumentException saying where what is wrong, and what to write
   */
  static AskedRequest read(JsonNode body) {
    String url = body.path("url").asText("");
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("url: '" + url + "' is none: " + e.getReason(), e);
    }
    boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    Matcher authority =
        AUTHORITY.matcher(uri.getRawAuthority() == null ? "" : uri.getRawAuthority());
    if (!http || !authority.matches()) {
      throw new IllegalArgumentException(
          "url: '" + url + "' names no host; write one such as http://orders/list");
    }
    Map<String, String> headers = new HashMap<>();
    body.path("headers")
        .properties()
        .forEach(h -> headers.put(h.getKey().toLowerCase(Locale.ROOT), h.getValue().asText()));
    JsonNode caller = body.path("caller");
    String namespace = caller.path("namespace").asText("default");
    if (!Hosts.isLabel(namespace)) {
      throw new IllegalArgumentException("caller.namespace: '" + namespace + "' is no DNS label");
    }
    Map<String, String> labels = new HashMap<>();
    String service = caller.path("service").asText("");
    if (!service.isEmpty()) {
      labels.put("app", service);
    }
    caller.path("labels").properties().forEach(l -> labels.put(l.getKey(), l.getValue().asText()));
    return new AskedRequest(
        body.path("method").asText("GET"),
        uri,
        authority.group("ip") == null ? authority.group("host") : authority.group("ip"),
        authority.group("port") == null ? -1 : Integer.parseInt(authority.group("port")),
        headers,
        body.path("grpc")
            .asBoolean(headers.getOrDefault("content-type", "").startsWith("application/grpc")),
        new Caller(namespace, labels));
  }

  @Override
  public String scheme() {
    return uri.getScheme();
  }

  @Override
  public String pathAndQuery() {
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
  }

  @Override
  public String header(String name) {
    return headers.get(name.toLowerCase(Locale.ROOT));
  }

  @Override
  public boolean repeatable() {
    return true;
  }
}
