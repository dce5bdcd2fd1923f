package dev.meshagent.instrumentation.grpc;

import dev.meshagent.engine.call.RequestHead;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.Locale;
import java.util.concurrent.Executor;

/**
 * A call of gRPC as the engine sees it. A call extends it rather than holding one, so that it stays
 * a single object.
 */
abstract class RpcHead extends Carrier implements RequestHead {
  final MethodDescriptor<?, ?> method;

  /** As the application gave them, and gRPC completed them. */
  final Metadata headers;

  final MeshNameResolver resolver;

  /** False where gRPC does not retry as the mesh tells it, or does so no more. */
  private volatile boolean retries;

  /** True while it is asked for copies: those need nothing of gRPC's retries. */
  private volatile boolean copying;

  RpcHead(
      MeshNameResolver resolver,
      Executor executor,
      MethodDescriptor<?, ?> method,
      Metadata headers,
      boolean retries) {
    super(executor);
    this.resolver = resolver;
    this.method = method;
    this.headers = headers;
    this.retries = retries;
  }

  /** A response has begun: gRPC retries no more. */
  final void committed() {
    retries = false;
  }

  /** Says whether it is asked for copies of the request, whose message can be written again. */
  final void copying(boolean now) {
    copying = now;
  }

  /** So many streams were opened for the call. */
  final void attempts(int number) {
    if (number >= MethodConfigs.MOST_ATTEMPTS) {
      retries = false;
    }
  }

  @Override
  public final String scheme() {
    return resolver.target.scheme();
  }

  @Override
  public final String method() {
    return "POST";
  }

  @Override
  public final String host() {
    return resolver.target.host;
  }

  @Override
  public final int port() {
    return resolver.target.port;
  }

  @Override
  public final String pathAndQuery() {
    return "/" + method.getFullMethodName();
  }

  @Override
  public final String header(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
      return null;
    }
    if (lower.equals("content-type")) {
      return "application/grpc";
    }
    if (lower.equals("grpc-timeout")) {
      return null; // gRPC writes it later, from the call's deadline, whatever stood there.
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
  public final boolean repeatable() {
    return retries || copying;
  }

  @Override
  public final boolean grpc() {
    return true;
  }
}
