package dev.meshagent.instrumentation.grpc;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.MeshCall.Verdict;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import dev.meshagent.spi.Mesh;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One call of the application between gRPC, which opens a stream for each attempt, and the engine,
 * which says where each goes. gRPC asks for a stream's place as often as anything changed, so the
 * answer is kept per stream.
 *
 * <p>Thread-safe: streams of a hedged call run beside each other. The lock is held for decisions
 * only, never while gRPC or the application runs.
 */
final class Rpc extends RpcHead {
  private final ReentrantLock lock;
  private final MeshNameResolver resolver;

  /** The newest of the call's streams, which leads to the others; null before the first. */
  private Stream newest;

  private MeshCall call;

  /** True once the engine counts the call as answered; what gRPC tries then is a new call. */
  private boolean answered;

  /** What the engine said last that no stream has taken yet, or null. */
  private Step kept;

  /** An answer that no server sent, or null. */
  private volatile Answer synthesized;

  private volatile HeaderOps responseHeaders = HeaderOps.NONE;
  private boolean meshTimeout;

  /** False where the call began with a wait: gRPC then has not been told of the route's timeout. */
  private boolean begun;

  /** gRPC's call, to break it off, or null before it was made. */
  private volatile ClientCall<?, ?> made;

  private Mesh.Timeout timer;
  private volatile boolean timedOut;
  private boolean hedged;

  /** True for a stream that came without a call of the mesh: the call is over with it. */
  private boolean alone;

  private Object retryPolicy;
  private MeshLoadBalancer balancer;
  private Metadata marked;
  private String unmarkedPushback;

  private Rpc(
      MeshNameResolver resolver,
      Executor executor,
      MethodDescriptor<?, ?> method,
      Metadata headers,
      boolean retries) {
    super(executor, resolver.target, method, headers, retries);
    this.resolver = resolver;
    this.lock = resolver.lock();
  }

  /**
   * Opens a call.
   *
   * @param executor the call's own
   * @param retries true if gRPC retries as the mesh tells it; else each of its attempts is a call
   *     of its own to the engine
   * @return null if the name is no mesh name now
   */
  static Rpc open(
      MeshNameResolver resolver,
      Executor executor,
      MethodDescriptor<?, ?> method,
      Metadata headers,
      boolean retries) {
    Rpc rpc = new Rpc(resolver, executor, method, headers, retries);
    rpc.call = resolver.mesh.open(GrpcModule.NAME, rpc);
    return rpc.call == null ? null : rpc;
  }

  void retryBy(Object policy) {
    retryPolicy = policy;
  }

  @Override
  Object retryPolicy() {
    return retryPolicy;
  }

  /** The first attempt, or null if the call begins otherwise. */
  Attempt begin() {
    lock.lock();
    try {
      kept = call.next();
      if (kept.kind != Step.Kind.ATTEMPT) {
        return null;
      }
      Attempt first = (Attempt) kept;
      begun = true;
      meshTimeout = first.callTimeoutNanos() != Long.MAX_VALUE;
      hedged = first.hedgeAfterNanos() != Long.MAX_VALUE;
      return first;
    } finally {
      lock.unlock();
    }
  }

  /** The place of a stream whose call began before the channel's name was a service's. */
  static PickResult pickAlone(
      MeshNameResolver resolver, PickSubchannelArgs args, MeshLoadBalancer balancer) {
    Rpc rpc = open(resolver, Runnable::run, args.getMethodDescriptor(), args.getHeaders(), false);
    if (rpc == null) {
      resolver.decideLater();
      return PickResult.withNoResult();
    }
    rpc.alone = true;
    PickResult result = rpc.pick(args, balancer);
    if (result.getSubchannel() == null) {
      rpc.abandon();
    }
    return result;
  }

  /** The place of one stream. */
  @Override
  PickResult pick(PickSubchannelArgs args, MeshLoadBalancer by) {
    lock.lock();
    try {
      balancer = by;
      Stream stream = stream(args.getHeaders());
      while (true) {
        if (stream.attempt == null) {
          Step step = next();
          if (step.kind != Step.Kind.ATTEMPT) {
            return elsewhere(step, args);
          }
          stream.take(call, (Attempt) step);
          responseHeaders = stream.attempt.responseHeaders();
          bound(stream.attempt.callTimeoutNanos());
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
  ClientStreamTracer tracer(Metadata headers) {
    lock.lock();
    try {
      return stream(headers);
    } finally {
      lock.unlock();
    }
  }

  /** Says which call of gRPC's is to be broken off when the route's time is up. */
  void cancelBy(ClientCall<?, ?> call) {
    made = call;
  }

  /** Holds a call to its route's timeout that had none when it was given to gRPC. */
  private void bound(long nanos) {
    if (begun || nanos == Long.MAX_VALUE) {
      return;
    }
    begun = true;
    meshTimeout = true;
    timer = resolver.mesh.schedule(this::timeIsUp, nanos, TimeUnit.NANOSECONDS);
  }

  private void timeIsUp() {
    ClientCall<?, ?> broken = made;
    if (broken != null) {
      timedOut = true;
      resolver.execute(() -> broken.cancel("the time of the route is up", null));
    }
  }

  /** True if the call's end is its route's timeout, and not a cancellation. */
  boolean timedOut() {
    return timedOut;
  }

  /** The streams of one call differ by their headers, which gRPC copies for each. */
  private Stream stream(Metadata headers) {
    for (Stream each = newest; each != null; each = each.previous) {
      if (each.headers == headers) {
        return each;
      }
    }
    newest = new Stream(this, headers, newest);
    return newest;
  }

  private Step next() {
    Step step = kept;
    kept = null;
    if (step != null) {
      return step;
    }
    if (answered) {
      MeshCall again = resolver.mesh.open(GrpcModule.NAME, this);
      if (again == null) {
        return Step.PASS;
      }
      call = again;
      answered = false;
    }
    return call.next();
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
        synthesized = Answer.of(step);
        return PickResult.withDrop(alone ? synthesized.status : Answer.PLACEHOLDER);
      case FAIL:
        answered = true;
        Step.Fail fail = (Step.Fail) step;
        if (args.getCallOptions().isWaitForReady() && Answer.mayPass(fail.reason)) {
          balancer.pickAgainInAWhile();
          return PickResult.withNoResult();
        }
        return PickResult.withDrop(Answer.status(fail));
      default:
        // The name left the mesh; the resolver goes back to gRPC's own.
        answered = true;
        resolver.decideLater();
        return PickResult.withNoResult();
    }
  }

  /** The head of a response came: gRPC gives it to the application, and retries no more. */
  void responding(Stream stream) {
    lock.lock();
    try {
      committed();
      if (method.getType() != MethodType.UNARY) {
        // How long a stream lasts says nothing about the endpoint; when it answers does.
        finish(stream, Outcomes.ok());
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * A stream ended.
   *
   * @param trailers of the server, or null if none came; says to gRPC what to do next
   */
  void ended(Stream stream, Status status, Metadata trailers) {
    lock.lock();
    try {
      attempts(stream.number);
      Verdict verdict = finish(stream, Outcomes.of(status, trailers, meshTimeout));
      stream.release();
      if (alone) {
        abandon();
      } else if (hedged && balancer != null) {
        balancer.wake().run(); // What another stream waits for may be due by this end.
      } else if (verdict != null && trailers != null && !status.isOk()) {
        sayWhetherToRetry(verdict, trailers);
      }
    } finally {
      lock.unlock();
    }
  }

  private Verdict finish(Stream stream, Outcome outcome) {
    Verdict verdict = stream.finish(outcome);
    if (verdict == Verdict.DELIVER && stream.call == call) {
      answered = true;
    }
    return verdict;
  }

  private void sayWhetherToRetry(Verdict verdict, Metadata trailers) {
    if (!repeatable()) {
      return;
    }
    long millis = -1;
    if (verdict == Verdict.RETRY) {
      kept = call.next();
      if (kept.kind == Step.Kind.WAIT) {
        millis = Outcomes.ceilMillis(((Step.Wait) kept).nanos);
        kept = null;
      } else if (kept.kind == Step.Kind.ATTEMPT) {
        millis = 0;
      }
    }
    marked = trailers;
    unmarkedPushback = Outcomes.pushBack(trailers, Long.toString(millis));
  }

  /** Where gRPC reports the call's end as a drop, the answer that it stands for; else null. */
  Answer answerFor(Status status) {
    return Answer.isPlaceholder(status) ? synthesized : null;
  }

  HeaderOps responseHeaders() {
    return responseHeaders;
  }

  /** The call is over for the application. */
  void over(Metadata trailers) {
    lock.lock();
    try {
      if (timer != null) {
        timer.cancel();
      }
      if (marked != null && marked == trailers) {
        Outcomes.pushBack(trailers, unmarkedPushback);
      }
      abandon();
    } finally {
      lock.unlock();
    }
  }

  /** Lets go of all that no stream has told the end of. */
  void abandon() {
    lock.lock();
    try {
      if (kept != null && kept.kind == Step.Kind.ATTEMPT) {
        call.finish((Attempt) kept, Outcome.failure(Failure.CANCELLED, null));
        call.release((Attempt) kept);
        kept = null;
      }
      for (Stream stream = newest; stream != null; stream = stream.previous) {
        if (stream.open()) {
          finish(stream, Outcome.failure(Failure.CANCELLED, null));
        }
        stream.release();
      }
      if (!answered && synthesized == null) {
        call.cancel();
      }
    } finally {
      lock.unlock();
    }
  }
}
