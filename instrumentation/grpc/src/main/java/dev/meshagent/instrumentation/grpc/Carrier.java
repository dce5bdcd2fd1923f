package dev.meshagent.instrumentation.grpc;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Metadata;
import io.grpc.internal.ClientStream;
import java.util.concurrent.Executor;

/**
 * What places the streams of a call, carried through gRPC as the call's executor: of all that gRPC
 * hands on from a call to its streams this costs the least, since options with another executor are
 * one object more and an option of one's own is seven. Runs every task on the executor that it
 * stands for. It is that call's listener too, so that both are one object. Thread-safe.
 */
abstract class Carrier extends ClientCall.Listener<Object> implements Executor {
  /** Shared by all calls, since a stream's own options lead to its carrier. */
  static final ClientStreamTracer.Factory TRACERS =
      new ClientStreamTracer.Factory() {
        @Override
        public ClientStreamTracer newClientStreamTracer(
            ClientStreamTracer.StreamInfo info, Metadata headers) {
          return of(info.getCallOptions()).tracer(headers);
        }
      };

  private final Executor executor;
  private Object retryPolicy;

  /**
   * @param executor the call's own; if it is a carrier itself, what that one stands for is taken
   */
  Carrier(Executor executor) {
    this.executor = executor instanceof Carrier ? ((Carrier) executor).executor : executor;
  }

  /** What the options of a call carry, or null. */
  static Carrier of(CallOptions options) {
    Executor executor = options.getExecutor();
    return executor instanceof Carrier ? (Carrier) executor : null;
  }

  /**
   * The retry policy of gRPC's for the call whose executor this is.
   *
   * @return null to leave gRPC's choice
   */
  static Object retryPolicyFor(Object executor) {
    return executor instanceof Carrier ? ((Carrier) executor).retryPolicy() : null;
  }

  /** Shows a stream of the call whose executor this is. */
  static void opened(Object executor, Object headers, Object stream) {
    if (executor instanceof Carrier) {
      ((Carrier) executor).opened((Metadata) headers, (ClientStream) stream);
    }
  }

  /** Where a stream goes; gRPC asks again whenever anything changed. */
  abstract PickResult pick(PickSubchannelArgs args, MeshLoadBalancer balancer);

  /** What watches the stream with these headers, whose place was given. */
  abstract ClientStreamTracer tracer(Metadata headers);

  /** Of gRPC's type; null to leave gRPC's choice. */
  final Object retryPolicy() {
    return retryPolicy;
  }

  /** Says by which policy of gRPC's the call is retried, before it is started. */
  final void retryBy(Object policy) {
    retryPolicy = policy;
  }

  /** gRPC made a stream, which is not started yet. */
  void opened(Metadata headers, ClientStream stream) {}

  @Override
  public final void execute(Runnable task) {
    executor.execute(task);
  }
}
