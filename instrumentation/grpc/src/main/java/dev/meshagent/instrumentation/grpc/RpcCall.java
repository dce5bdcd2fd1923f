package dev.meshagent.instrumentation.grpc;

import io.grpc.ClientCall;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.Status;

/** A call whose response passes the mesh's header operations, and whose end the engine hears of. */
final class RpcCall<Q, S> extends SimpleForwardingClientCall<Q, S> {
  private final Rpc rpc;

  RpcCall(Rpc rpc, ClientCall<Q, S> call) {
    super(call);
    this.rpc = rpc;
  }

  @Override
  public void start(Listener<S> listener, Metadata headers) {
    boolean started = false;
    rpc.cancelBy(() -> cancel("the time of the route is up", null));
    try {
      super.start(new Watch<S>(rpc, listener), headers);
      started = true;
    } finally {
      if (!started) {
        rpc.abandon();
      }
    }
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
