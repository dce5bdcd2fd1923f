package dev.meshagent.instrumentation.grpc;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.MeshCall.Verdict;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What a call of the application hears from the engine, step by step. What the engine has ended and
 * gRPC goes on with, be it that the application's own retries do or that the call waits until there
 * is somebody, is a new call to the engine.
 *
 * <p>Everything is guarded by {@link #lock}, which is held for decisions only, never while gRPC or
 * the application runs.
 */
abstract class RpcSteps extends RpcHead {
  final ReentrantLock lock;

  private MeshCall call;

  /** The attempt that the call began with, until its copies were asked for, or null. */
  private Attempt first;

  /** True once the engine has ended the call. */
  private boolean answered;

  /** What the engine said last that no stream has taken yet, or null. */
  private Step kept;

  RpcSteps(
      MeshNameResolver resolver,
      Executor executor,
      MethodDescriptor<?, ?> method,
      Metadata headers,
      boolean retries) {
    super(resolver, executor, method, headers, retries);
    this.lock = resolver.lock();
  }

  /** False if the name is no mesh name now. */
  final boolean open() {
    call = resolver.mesh.open(GrpcModule.NAME, this);
    return call != null;
  }

  /** What the next stream is to do. */
  final Step next() {
    Step step = kept;
    kept = null;
    if (step == null && answered) {
      if (!open()) {
        return Step.PASS;
      }
      answered = false;
    }
    return step == null ? call.next() : step;
  }

  /** Asks for what the next stream is to do before that is there. */
  final Step ahead() {
    kept = call.next();
    return kept;
  }

  /** Puts the attempt that the call begins with back for its first stream. */
  final void keep(Attempt attempt) {
    kept = attempt;
    first = attempt;
  }

  /** The step that was asked for ahead is carried out by gRPC itself. */
  final void forget() {
    kept = null;
  }

  /** The engine has ended the call, or the stream that would hear it is not to come. */
  final void told() {
    answered = true;
    kept = null;
  }

  final void take(Stream stream, Step attempt) {
    stream.take(call, (Attempt) attempt);
  }

  final Verdict finish(Stream stream, Outcome outcome) {
    Verdict verdict = stream.finish(outcome);
    if (verdict == Verdict.DELIVER && stream.call == call) {
      answered = true;
    }
    return verdict;
  }

  /** The copies to send of the call's first attempt; asked for once. */
  final List<Attempt> copies() {
    lock.lock();
    try {
      Attempt copied = first;
      first = null;
      if (copied == null || answered) {
        return Collections.emptyList();
      }
      copying(true);
      return copied.mirrors();
    } finally {
      copying(false);
      lock.unlock();
    }
  }

  /** The engine's call that the copies belong to. */
  final MeshCall call() {
    return call;
  }

  /** Nothing more is asked. */
  final void leave() {
    if (kept != null && kept.kind == Step.Kind.ATTEMPT) {
      call.finish((Attempt) kept, Outcome.failure(Failure.CANCELLED, null));
      call.release((Attempt) kept);
    }
    kept = null;
    if (!answered) {
      call.cancel();
    }
  }
}
