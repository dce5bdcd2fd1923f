package dev.meshagent.instrumentation.grpc;

import dev.meshagent.engine.call.Attempt;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.TimeUnit;

/**
 * A call of a mesh service. When it is started, and its headers are known, the engine is asked
 * where it goes, and gRPC's own call is made with what the route says of it; whose response passes
 * the mesh's header operations, and whose end the engine hears of.
 */
final class RpcCall<Q, S> extends ForwardingClientCall<Q, S> {
  private final MeshConfigSelector selector;
  private final Channel channel;
  private final MethodDescriptor<Q, S> method;
  private final CallOptions options;
  private final boolean retries;
  private final Context context = Context.current();
  private ClientCall<Q, S> delegate;

  /**
   * @param channel where gRPC's own call comes from
   * @param retries true if gRPC retries as the mesh tells it
   */
  RpcCall(
      MeshConfigSelector selector,
      Channel channel,
      MethodDescriptor<Q, S> method,
      CallOptions options,
      boolean retries) {
    this.selector = selector;
    this.channel = channel;
    this.method = method;
    this.options = options;
    this.retries = retries;
  }

  @Override
  protected ClientCall<Q, S> delegate() {
    if (delegate == null) {
      delegate = make(method, options); // It complains of not being started, or notes the cancel.
    }
    return delegate;
  }

  @Override
  public boolean isReady() {
    return delegate != null && delegate.isReady();
  }

  @Override
  public Attributes getAttributes() {
    return delegate == null ? Attributes.EMPTY : delegate.getAttributes();
  }

  @Override
  public void start(Listener<S> listener, Metadata headers) {
    Rpc rpc = delegate == null ? begin(headers) : null;
    if (rpc == null) {
      delegate().start(listener, headers);
      return;
    }
    boolean started = false;
    rpc.cancelBy(delegate);
    try {
      delegate.start(new Watch<S>(rpc, listener), headers);
      started = true;
    } finally {
      if (!started) {
        rpc.abandon();
      }
    }
  }

  /** Null if the call is to be left to gRPC. */
  private Rpc begin(Metadata headers) {
    MeshNameResolver resolver = selector.resolver;
    Rpc rpc = null;
    try {
      rpc =
          Rpc.open(
              resolver,
              options.getExecutor() == null ? selector.executor : options.getExecutor(),
              method,
              headers,
              retries);
      if (rpc != null) {
        delegate = make(rpc);
        return rpc;
      }
    } catch (RuntimeException | ReflectiveOperationException | LinkageError e) {
      resolver.mesh.agentError("grpc.call", e);
      resolver.giveUp();
      if (rpc != null) {
        rpc.abandon();
      }
    }
    return null;
  }

  private ClientCall<Q, S> make(Rpc rpc) throws ReflectiveOperationException {
    Attempt first = rpc.begin();
    MethodDescriptor<Q, S> sent = method;
    CallOptions changed = options.withExecutor(rpc);
    if (first != null) {
      if (retries) {
        if (first.hedgeAfterNanos() != Long.MAX_VALUE) {
          changed = selector.configs.hedged(changed, first.hedgeAfterNanos());
        } else {
          rpc.retryBy(selector.configs.retryPolicy(first.retryPolicy()));
        }
      }
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
    return make(sent, changed);
  }

  /** As if it were made when the application asked for it. */
  private ClientCall<Q, S> make(MethodDescriptor<Q, S> sent, CallOptions changed) {
    Context previous = context.attach();
    try {
      return channel.newCall(sent, changed);
    } finally {
      context.detach(previous);
    }
  }

  /** gRPC puts the slash before it, and knows no query. */
  private static String methodName(String pathAndQuery) {
    int query = pathAndQuery.indexOf('?');
    String path = query < 0 ? pathAndQuery : pathAndQuery.substring(0, query);
    return path.startsWith("/") ? path.substring(1) : path;
  }

  private static final class Watch<S> extends SimpleForwardingClientCallListener<S> {
    private final Rpc rpc;
    private boolean headed;

    Watch(Rpc rpc, Listener<S> listener) {
      super(listener);
      this.rpc = rpc;
    }

    @Override
    public void onHeaders(Metadata headers) {
      headed = true;
      HeaderChanges.apply(rpc.responseHeaders(), headers);
      super.onHeaders(headers);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      Answer answer = rpc.answerFor(status);
      rpc.over(trailers);
      if (answer != null) {
        super.onClose(answer.status, answer.trailers);
        return;
      }
      if (rpc.timedOut() && status.getCode() == Status.Code.CANCELLED) {
        super.onClose(Status.DEADLINE_EXCEEDED.withDescription(status.getDescription()), trailers);
        return;
      }
      if (!headed) {
        HeaderChanges.apply(rpc.responseHeaders(), trailers);
      }
      super.onClose(status, trailers);
    }
  }
}
