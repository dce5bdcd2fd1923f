package dev.meshagent.instrumentation.grpc;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall.Verdict;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import io.grpc.ClientCall;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.internal.ClientStream;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * One call of the application between gRPC, which opens a stream for each attempt, and the engine,
 * which says where each goes ({@link RpcPlaces}) and what becomes of how it ended. Thread-safe:
 * streams of a hedged call run beside each other.
 */
final class Rpc extends RpcAnswers {
  private boolean meshTimeout;
  private boolean hedged;

  /** True once a hedged call has its answer: what streams wait beside that have no place. */
  private boolean settled;

  /** Null unless tries are bounded in time. */
  private volatile TimedTries timed;

  /** What the last trailers say of retrying by the mesh, or null. */
  private Pushback pushback;

  private Rpc(
      MeshNameResolver resolver,
      Executor executor,
      MethodDescriptor<?, ?> method,
      Metadata headers,
      boolean retries) {
    super(resolver, executor, method, headers, retries);
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
    return rpc.open() ? rpc : null;
  }

  /** What is to be done before gRPC is told of the call. */
  Step first() {
    lock.lock();
    try {
      Step step = next();
      if (step.kind == Step.Kind.ATTEMPT) {
        Attempt first = (Attempt) step;
        keep(first);
        meshTimeout = first.callTimeoutNanos() != Long.MAX_VALUE;
        hedged = first.hedgeAfterNanos() != Long.MAX_VALUE;
      } else if (step.kind == Step.Kind.FAIL) {
        told();
      }
      return step;
    } finally {
      lock.unlock();
    }
  }

  /** Says which call of gRPC's is the application's. */
  void made(ClientCall<?, ?> call, Attempt first) {
    if (first.timeoutNanos < first.callTimeoutNanos()) {
      timed = new TimedTries(call);
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
    rpc.comesAlone();
    PickResult result = null;
    try {
      result = rpc.pick(args, balancer);
      return result;
    } finally {
      if (result == null || result.getSubchannel() == null) {
        rpc.abandon();
      }
    }
  }

  @Override
  void opened(Metadata headers, ClientStream opened) {
    if (timed != null) {
      lock.lock();
      try {
        stream(headers).opened = opened;
      } finally {
        lock.unlock();
      }
    }
  }

  @Override
  void responding(Stream stream) {
    lock.lock();
    try {
      committed(); // gRPC gives it to the application, and retries no more.
      settled = hedged;
      if (method.getType() != MethodType.UNARY) {
        // How long a stream lasts says nothing about the endpoint; when it answers does.
        finish(stream, Outcomes.ok());
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  void ended(Stream stream, Status status, Metadata trailers) {
    lock.lock();
    try {
      attempts(stream.number);
      Outcome outcome = Outcomes.of(status, trailers, meshTimeout);
      Verdict verdict = finish(stream, outcome);
      if (verdict == null && outcome.failure == Failure.RESET) {
        stream.broken(outcome);
      } else {
        stream.release();
      }
      if (alone()) {
        abandon();
      } else if (hedged) {
        settle(verdict, status, trailers);
        pickAgain(); // What another stream waits for may be due by this end.
      } else if (verdict != null && trailers != null && !status.isOk()) {
        sayWhetherToRetry(verdict, status, trailers);
      }
    } finally {
      lock.unlock();
    }
  }

  /** gRPC by itself hedges on after most failures, also where they are the answer. */
  private void settle(Verdict verdict, Status status, Metadata trailers) {
    if (verdict != Verdict.DELIVER || settled) {
      return;
    }
    settled = status.isOk() || trailers != null;
    if (!status.isOk() && trailers != null) {
      pushback = Pushback.write(status, trailers, -1);
    }
  }

  @Override
  PickResult settled() {
    if (!settled) {
      return null;
    }
    return pushback == null ? PickResult.withNoResult() : PickResult.withDrop(pushback.status);
  }

  private void sayWhetherToRetry(Verdict verdict, Status status, Metadata trailers) {
    if (retryPolicy() == null) {
      return;
    }
    long millis = -1;
    if (verdict == Verdict.RETRY && repeatable()) {
      Step next = ahead();
      if (next.kind == Step.Kind.WAIT) {
        millis = Outcomes.ceilMillis(((Step.Wait) next).nanos);
        forget();
      } else if (next.kind == Step.Kind.ATTEMPT) {
        millis = 0;
      }
    }
    pushback = Pushback.write(status, trailers, millis);
  }

  @Override
  void timeIsUp(Stream stream, Attempt attempt) {
    TimedTries tries = timed;
    Status end;
    ClientStream opened;
    lock.lock();
    try {
      if (tries == null || !stream.open() || stream.attempt != attempt) {
        return;
      }
      Verdict verdict = finish(stream, Outcome.failure(Failure.TIMEOUT, null));
      stream.release();
      Step next = verdict == Verdict.RETRY ? ahead() : null;
      if (next != null && next.kind == Step.Kind.FAIL) {
        told();
        settled = hedged;
        end = Answer.status((Step.Fail) next);
      } else {
        end =
            (hedged ? MethodConfigs.HEDGE_ON : MethodConfigs.TRY_AGAIN)
                .withDescription(
                    "the try took longer than "
                        + TimeUnit.NANOSECONDS.toMillis(attempt.timeoutNanos)
                        + " ms, which is all that its route gives it");
      }
      tries.end = end;
      opened = stream.opened;
    } finally {
      lock.unlock();
    }
    resolver.execute(
        () -> {
          if (opened != null) {
            opened.cancel(end);
          } else {
            tries.call.cancel(end.getDescription(), null);
          }
        });
  }

  @Override
  Status worded(Status status) {
    TimedTries tries = timed;
    return tries == null ? status : tries.worded(status);
  }

  @Override
  void over(Metadata trailers) {
    lock.lock();
    try {
      if (pushback != null) {
        pushback.undo(trailers);
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
      for (Stream stream = newest(); stream != null; stream = stream.previous) {
        if (stream.open()) {
          finish(stream, Outcome.failure(Failure.CANCELLED, null));
        }
        stream.release();
      }
      leave();
    } finally {
      lock.unlock();
    }
  }
}
