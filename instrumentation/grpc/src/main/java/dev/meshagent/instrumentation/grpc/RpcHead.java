package dev.meshagent.instrumentation.grpc;

import dev.meshagent.engine.call.RequestHead;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.Locale;

/** A call of gRPC as the engine sees it. */
final class RpcHead implements RequestHead {
  private final Target target;
  private final MethodDescriptor<?, ?> method;
  private final Metadata headers;

  /** False where gRPC does not retry as the mesh tells it, or does so no more. */
  private volatile boolean retries;

  RpcHead(Target target, MethodDescriptor<?, ?> method, Metadata headers, boolean retries) {
    this.target = target;
    this.method = method;
    this.headers = headers;
    this.retries = retries;
  }

  /** A response has begun: gRPC retries no more. */
  void committed() {
    retries = false;
  }

  /** So many streams were opened for the call. */
  void attempts(int number) {
    if (number >= MethodConfigs.MOST_ATTEMPTS) {
      retries = false;
    }
  }

  @Override
  public String scheme() {
    return target.scheme();
  }

  @Override
  public String method() {
    return "POST";
  }

  @Override
  public String host() {
    return target.host;
  }

  @Override
  public int port() {
    return target.port;
  }

  @Override
  public String pathAndQuery() {
    return "/" + method.getFullMethodName();
  }

  @Override
  public String header(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
      return null;
    }
    if (lower.equals("content-type")) {
      return "application/grpc";
    }
    Metadata.Key<String> key;
    try {
      key = Metadata.Key.of(lower, Metadata.ASCII_STRING_MARSHALLER);
    } catch (IllegalArgumentException e) {
      return null; // A pseudo header, or no name of a header at all.
    }
    Iterable<String> values = headers.getAll(key);
    return values == null ? null : String.join(",", values);
  }

  @Override
  public boolean repeatable() {
    return retries;
  }

  @Override
  public boolean grpc() {
    return true;
  }
}
