package dev.meshagent.instrumentation.grpc;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Step;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import io.grpc.ClientStreamTracer;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.Executor;

/**
 * The streams that gRPC opens for a call, and where they go. gRPC asks for a stream's place as
 * often as anything changed, so the answer is kept per stream.
 */
abstract class RpcPlaces extends RpcSteps {
  /** The newest of the call's streams, which leads to the others; null before the first. */
  private Stream newest;

  /** True for a stream that came without a call of the mesh: the call is over with it. */
  private boolean alone;

  private MeshLoadBalancer balancer;
  private volatile HeaderOps responseHeaders = HeaderOps.NONE;

  RpcPlaces(
      MeshNameResolver resolver,
      Executor executor,
      MethodDescriptor<?, ?> method,
      Metadata headers,
      boolean retries) {
    super(resolver, executor, method, headers, retries);
  }

  /** Says that it is a stream without a call of the mesh: the call is over with it. */
  final void comesAlone() {
    alone = true;
  }

  final boolean alone() {
    return alone;
  }

  /** The newest of the call's streams, which leads to the others; null before the first. */
  final Stream newest() {
    return newest;
  }

  /** The head of a stream's response came. */
  abstract void responding(Stream stream);

  /**
   * A stream ended.
   *
   * @param trailers of the server, or null if none came; says to gRPC what to do next
   */
  abstract void ended(Stream stream, Status status, Metadata trailers);

  /** What streams hear that wait for a place when the call has its answer; null before that. */
  abstract PickResult settled();

  /** The time of a stream's attempt is up; on the agent's timer thread. */
  abstract void timeIsUp(Stream stream, Attempt attempt);

  final HeaderOps responseHeaders() {
    return responseHeaders;
  }

  @Override
  final PickResult pick(PickSubchannelArgs args, MeshLoadBalancer by) {
    lock.lock();
    try {
      balancer = by;
      Stream stream = stream(args.getHeaders());
      while (true) {
        if (stream.attempt == null) {
          PickResult settled = settled();
          if (settled != null) {
            return settled;
          }
          Step step = next();
          if (step.kind != Step.Kind.ATTEMPT) {
            return elsewhere(step, args);
          }
          take(stream, step);
          stream.limit();
          responseHeaders = stream.attempt.responseHeaders();
        }
        Link link = stream.link;
        if (link == null || link.state() == Link.State.CLOSED) {
          link = stream.link = balancer.link(stream.attempt);
        }
        switch (link.state()) {
          case READY:
            link.used();
            stream.changeHeaders();
            return alone ? stream.alone(link) : link.place();
          case FAILED:
            finish(stream, Outcome.failure(link.failureKind(), link.failure()));
            stream.reset();
            break;
          default:
            return PickResult.withNoResult();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  final ClientStreamTracer tracer(Metadata headers) {
    lock.lock();
    try {
      return stream(headers);
    } finally {
      lock.unlock();
    }
  }

  /** The streams of one call differ by their headers, which gRPC copies for each. */
  final Stream stream(Metadata headers) {
    for (Stream each = newest; each != null; each = each.previous) {
      if (each.headers == headers) {
        return each;
      }
    }
    newest = new Stream(this, headers, newest);
    return newest;
  }

  /** Has gRPC ask again for the streams that wait. */
  final void pickAgain() {
    if (balancer != null) {
      balancer.wake().run();
    }
  }

  private PickResult elsewhere(Step step, PickSubchannelArgs args) {
    switch (step.kind) {
      case WAIT:
        balancer.pickAgainAfter(((Step.Wait) step).nanos);
        return PickResult.withNoResult();
      case QUEUE:
        ((Step.Queue) step).onWake(balancer.wake());
        balancer.pickAgainAfter(((Step.Queue) step).maxNanos);
        return PickResult.withNoResult();
      case RESPOND:
      case REDIRECT:
        told();
        return PickResult.withDrop(Answer.of(step).status);
      case FAIL:
        told();
        Step.Fail fail = (Step.Fail) step;
        if (args.getCallOptions().isWaitForReady() && Answer.mayPass(fail.reason)) {
          balancer.pickAgainInAWhile();
          return PickResult.withNoResult();
        }
        return PickResult.withDrop(Answer.status(fail));
      default:
        // The name left the mesh; the resolver goes back to gRPC's own.
        told();
        resolver.decideLater();
        return PickResult.withNoResult();
    }
  }
}
