package dev.meshagent.instrumentation.grpc;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.Mesh;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * A call that cannot begin yet: a fault delays it, it waits for a free place, or for an endpoint.
 * What the application does with it is kept in order, and done with gRPC's own call once the engine
 * says where that goes; so gRPC is told all that the route says. Thread-safe as any call.
 *
 * <pre>
 *   HELD ──attempt──▶ BEGUN
 *     └──answer, cancel, deadline──▶ OVER
 * </pre>
 */
final class HeldCall<Q, S> extends ClientCall<Q, S> {
  /** How often a call that waits for ready looks again, should no change have been told to it. */
  private static final long LOOK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

  private enum State {
    HELD,
    BEGUN,
    OVER
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final RpcCall<Q, S> beginning;
  private final Rpc rpc;
  private final CallOptions options;
  private final Context context = Context.current();

  /** Held strongly, since the mesh holds what watches it weakly. */
  private final Runnable changed;

  private State state = State.HELD;

  /** Which step is waited for: what wakes the call for an earlier one comes too late. */
  private int turn;

  private final KeptOperations<Q, S> operations = new KeptOperations<>();

  private Listener<S> listener;
  private Metadata headers;
  private Mesh.Timeout timer;
  private Mesh.Timeout deadline;
  private boolean watching;

  /**
   * @param beginning makes gRPC's call
   */
  HeldCall(RpcCall<Q, S> beginning, Rpc rpc, CallOptions options) {
    this.beginning = beginning;
    this.rpc = rpc;
    this.options = options;
    this.changed = () -> later(this::again);
  }

  @Override
  public void start(Listener<S> newListener, Metadata newHeaders) {
    if (listener != null) {
      throw new IllegalStateException("Already started"); // As gRPC's own call says it.
    }
    listener = newListener;
    headers = newHeaders;
    Deadline theirs = options.getDeadline();
    if (theirs != null) {
      deadline = schedule(() -> later(this::timeIsUp), theirs.timeRemaining(TimeUnit.NANOSECONDS));
    }
  }

  /** Does what the engine says; after an error of the agent's the call is left to gRPC. */
  void act(Supplier<Step> next) {
    try {
      act(next.get());
    } catch (RuntimeException | LinkageError e) {
      rpc.resolver.mesh.agentError("grpc.held", e);
      rpc.resolver.giveUp();
      begin(null);
    }
  }

  private void act(Step step) {
    switch (step.kind) {
      case ATTEMPT:
        begin((Attempt) step);
        return;
      case PASS:
        begin(null);
        return;
      case WAIT:
        againAfter(((Step.Wait) step).nanos);
        return;
      case QUEUE:
        ((Step.Queue) step).onWake(againAfter(((Step.Queue) step).maxNanos));
        return;
      case FAIL:
        if (options.isWaitForReady() && Answer.mayPass(((Step.Fail) step).reason)) {
          waitForChange();
          return;
        }
        end(Answer.status((Step.Fail) step), new Metadata());
        return;
      default:
        Answer answer = Answer.of(step);
        end(answer.status, answer.trailers);
        return;
    }
  }

  private void waitForChange() {
    if (!watching) {
      watching = true;
      rpc.resolver.mesh.watch(changed);
    }
    againAfter(LOOK_AGAIN_NANOS);
  }

  /** What wakes the call for its next step, which its time does if nothing else. */
  private Runnable againAfter(long nanos) {
    lock.lock();
    try {
      int asked = turn;
      Runnable again = () -> later(() -> again(asked));
      if (state == State.HELD && nanos != Long.MAX_VALUE) {
        timer = schedule(again, nanos);
      }
      return again;
    } finally {
      lock.unlock();
    }
  }

  private void again() {
    lock.lock();
    int now = turn;
    lock.unlock();
    again(now);
  }

  private void again(int asked) {
    lock.lock();
    try {
      if (asked != turn || state != State.HELD) {
        return;
      }
      turn++;
      timer = cancelled(timer);
    } finally {
      lock.unlock();
    }
    act(rpc::first);
  }

  private void begin(Attempt first) {
    lock.lock();
    try {
      if (state != State.HELD) {
        return;
      }
      state = State.BEGUN;
      quiet();
    } finally {
      lock.unlock();
    }
    ClientCall<Q, S> call;
    try {
      call = beginning.make(rpc, first);
      call.start(listener, headers);
    } catch (RuntimeException | Error e) {
      // The application's start has returned; it hears of this as of an interceptor's error.
      close(Status.fromThrowable(e), new Metadata());
      return;
    }
    operations.begin(call);
  }

  private void timeIsUp() {
    end(
        Status.DEADLINE_EXCEEDED.withDescription("the deadline passed before the call could begin"),
        new Metadata());
  }

  private void end(Status status, Metadata trailers) {
    lock.lock();
    try {
      if (state != State.HELD) {
        return;
      }
      state = State.OVER;
      quiet();
    } finally {
      lock.unlock();
    }
    close(status, trailers);
  }

  private void close(Status status, Metadata trailers) {
    operations.drop();
    rpc.abandon();
    rpc.execute(context.wrap(() -> listener.onClose(status, trailers)));
  }

  private void quiet() {
    timer = cancelled(timer);
    deadline = cancelled(deadline);
    if (watching) {
      rpc.resolver.mesh.unwatch(changed);
    }
  }

  private static Mesh.Timeout cancelled(Mesh.Timeout timeout) {
    if (timeout != null) {
      timeout.cancel();
    }
    return null;
  }

  private Mesh.Timeout schedule(Runnable task, long nanos) {
    return rpc.resolver.mesh.schedule(task, nanos, TimeUnit.NANOSECONDS);
  }

  private void later(Runnable task) {
    rpc.resolver.execute(task);
  }

  @Override
  public void cancel(String message, Throwable cause) {
    Status cancelled = Status.CANCELLED.withCause(cause);
    end(message == null ? cancelled : cancelled.withDescription(message), new Metadata());
    operations.perform(call -> call.cancel(message, cause));
  }

  @Override
  public void request(int messages) {
    operations.perform(call -> call.request(messages));
  }

  @Override
  public void sendMessage(Q message) {
    operations.perform(
        call -> {
          call.sendMessage(message);
          beginning.mirror(message);
        });
  }

  @Override
  public void halfClose() {
    operations.perform(ClientCall::halfClose);
  }

  @Override
  public void setMessageCompression(boolean enabled) {
    operations.perform(call -> call.setMessageCompression(enabled));
  }

  @Override
  public boolean isReady() {
    ClientCall<Q, S> call = operations.call();
    return call != null && call.isReady();
  }

  @Override
  public Attributes getAttributes() {
    ClientCall<Q, S> call = operations.call();
    return call == null ? Attributes.EMPTY : call.getAttributes();
  }
}
