package dev.meshagent.engine;

import dev.meshagent.engine.call.RequestHead;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A request as a test writes it. */
public final class TestRequest implements RequestHead {
  private final URI uri;
  private String method = "GET";
  private boolean repeatable = true;
  private boolean grpc;
  private final Map<String, String> headers = new TreeMap<>();

  private TestRequest(String uri) {
    this.uri = URI.create(uri);
  }

  public static TestRequest get(String uri) {
    return new TestRequest(uri);
  }

  public static TestRequest post(String uri) {
    return new TestRequest(uri).method("POST");
  }

  public TestRequest method(String newMethod) {
    method = newMethod;
    return this;
  }

  public TestRequest header(String name, String value) {
    headers.put(name.toLowerCase(Locale.ROOT), value);
    return this;
  }

  public TestRequest once() {
    repeatable = false;
    return this;
  }

  public TestRequest asGrpc() {
    grpc = true;
    method = "POST";
    return this;
  }

  @Override
  public String scheme() {
    return uri.getScheme();
  }

  @Override
  public String method() {
    return method;
  }

  @Override
  public String host() {
    return uri.getHost();
  }

  @Override
  public int port() {
    return uri.getPort();
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
    return repeatable;
  }

  @Override
  public boolean grpc() {
    return grpc;
  }
}
