package dev.meshagent.instrumentation.grpc;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.MeshCall.Verdict;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Deliveries;
import io.grpc.ClientStreamTracer;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.internal.ClientStream;
import java.util.concurrent.TimeUnit;

/**
 * One stream of a call and the attempt that it carries, which hears from the transport how it ends.
 * Guarded by its call's lock, but for what the transport tells.
 */
final class Stream extends StreamWatch {
  final Metadata headers;

  MeshCall call;
  Attempt attempt;
  Link link;

  /** What gRPC sends and receives with, or null where it was not shown. */
  ClientStream opened;

  /** The call's stream before this one, or null. */
  final Stream previous;

  /** Counts the call's streams from 1. */
  final int number;

  private final RpcPlaces rpc;
  private boolean finished;
  private boolean headersChanged;
  private Mesh.Timeout limit;

  Stream(RpcPlaces rpc, Metadata headers, Stream previous) {
    this.rpc = rpc;
    this.headers = headers;
    this.previous = previous;
    this.number = previous == null ? 1 : previous.number + 1;
  }

  void take(MeshCall newCall, Attempt newAttempt) {
    call = newCall;
    attempt = newAttempt;
    finished = false;
  }

  /** Sets the time of its attempt, if that has one shorter than the call's. */
  void limit() {
    Attempt limited = attempt;
    if (limited.timeoutNanos < limited.callTimeoutNanos()) {
      limit =
          rpc.resolver.mesh.schedule(
              () -> rpc.timeIsUp(this, limited), limited.timeoutNanos, TimeUnit.NANOSECONDS);
    }
  }

  /** Nothing was sent: the stream may carry another attempt. */
  void reset() {
    release();
    attempt = null;
    link = null;
  }

  /** The place of a stream whose options carry nothing. */
  PickResult alone(Link at) {
    Stream watching = this;
    return PickResult.withSubchannel(
        at.subchannel(),
        new ClientStreamTracer.Factory() {
          @Override
          public ClientStreamTracer newClientStreamTracer(
              ClientStreamTracer.StreamInfo info, Metadata streamHeaders) {
            return watching;
          }
        });
  }

  void changeHeaders() {
    if (!headersChanged) {
      headersChanged = true;
      HeaderChanges.apply(attempt.requestHeaders(), headers);
    }
  }

  /** Tells the engine, once; null if it was told already. */
  Verdict finish(Outcome outcome) {
    if (finished || attempt == null) {
      return null;
    }
    finished = true;
    if (limit != null) {
      limit.cancel();
      limit = null;
    }
    return call.finish(attempt, outcome);
  }

  void release() {
    if (attempt != null) {
      call.release(attempt);
    }
  }

  /** It ended without a status after its answer had begun; instead of {@link #release}. */
  void broken(Outcome outcome) {
    if (attempt != null) {
      Deliveries.broken(call, attempt, outcome.failure, outcome.cause);
    }
  }

  /** True for an attempt of which the engine was told no end. */
  boolean open() {
    return !finished && attempt != null;
  }

  @Override
  Mesh mesh() {
    return rpc.resolver.mesh;
  }

  @Override
  void responding() {
    rpc.responding(this);
  }

  @Override
  void ended(Status status, Metadata received) {
    rpc.ended(this, status, received);
  }
}
