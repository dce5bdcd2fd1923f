package dev.meshagent.instrumentation.grpc;

import dev.meshagent.engine.call.Attempt;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;

/** What a route writes in the place of a call's path and authority. */
final class Rewrites {
  private Rewrites() {}

  static <Q, S> MethodDescriptor<Q, S> method(Attempt attempt, MethodDescriptor<Q, S> method) {
    String pathAndQuery = attempt.pathAndQuery();
    return pathAndQuery == null
        ? method
        : method.toBuilder().setFullMethodName(methodName(pathAndQuery)).build();
  }

  static CallOptions options(Attempt attempt, CallOptions options) {
    String authority = attempt.authority();
    return authority == null ? options : options.withAuthority(authority);
  }

  /** gRPC puts the slash before it, and knows no query. */
  private static String methodName(String pathAndQuery) {
    int query = pathAndQuery.indexOf('?');
    String path = query < 0 ? pathAndQuery : pathAndQuery.substring(0, query);
    return path.startsWith("/") ? path.substring(1) : path;
  }
}
