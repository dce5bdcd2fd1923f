package dev.meshagent.instrumentation.grpc;

import dev.meshagent.engine.call.Attempt;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Deadline;
import io.grpc.MethodDescriptor;
import java.util.concurrent.TimeUnit;

/** Carries a call's {@link Rpc} to its streams, with what its route says of the whole call. */
final class RpcInterceptor implements ClientInterceptor {
  private final Rpc rpc;
  private final Attempt first;
  private final ClientInterceptor own;

  /**
   * @param first the call's first attempt, or null if it does not begin with one
   * @param own the interceptor of the channel's own config selector, or null
   */
  RpcInterceptor(Rpc rpc, Attempt first, ClientInterceptor own) {
    this.rpc = rpc;
    this.first = first;
    this.own = own;
  }

  @Override
  public <Q, S> ClientCall<Q, S> interceptCall(
      MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
    MethodDescriptor<Q, S> sent = method;
    CallOptions changed = options.withOption(Rpc.KEY, rpc);
    if (first != null) {
      if (first.callTimeoutNanos() != Long.MAX_VALUE) {
        Deadline deadline = Deadline.after(first.callTimeoutNanos(), TimeUnit.NANOSECONDS);
        Deadline theirs = options.getDeadline();
        changed =
            changed.withDeadline(theirs == null || deadline.isBefore(theirs) ? deadline : theirs);
      }
      if (first.authority() != null) {
        changed = changed.withAuthority(first.authority());
      }
      if (first.pathAndQuery() != null) {
        sent = method.toBuilder().setFullMethodName(methodName(first.pathAndQuery())).build();
      }
    }
    Channel through = own == null ? next : ClientInterceptors.intercept(next, own);
    return new RpcCall<>(rpc, through.newCall(sent, changed));
  }

  /** gRPC puts the slash before it, and knows no query. */
  private static String methodName(String pathAndQuery) {
    int query = pathAndQuery.indexOf('?');
    String path = query < 0 ? pathAndQuery : pathAndQuery.substring(0, query);
    return path.startsWith("/") ? path.substring(1) : path;
  }
}
