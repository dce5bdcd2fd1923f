package dev.meshagent.engine;

import dev.meshagent.engine.balance.EndpointState;
import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.snapshot.Endpoint;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/** An attempt together with what has become of it. Each transition happens at most once. */
final class EngineAttempt extends Attempt {
  private static final int IN_FLIGHT = 0;
  private static final int FINISHED = 1;
  private static final int RELEASED = 2;

  private static final AtomicIntegerFieldUpdater<EngineAttempt> PHASE =
      AtomicIntegerFieldUpdater.newUpdater(EngineAttempt.class, "phase");

  final EndpointState state;
  final long startedNanos;

  /** The attempt before this one, or null. */
  final EngineAttempt previous;

  private volatile int phase;

  EngineAttempt(
      EndpointState state,
      Endpoint endpoint,
      String address,
      int port,
      long timeoutNanos,
      long now,
      EngineAttempt previous) {
    super(
        endpoint,
        address,
        port,
        endpoint.tls,
        previous == null ? 1 : previous.number + 1,
        timeoutNanos);
    this.state = state;
    this.startedNanos = now;
    this.previous = previous;
    state.begin();
  }

  /** True for the first who says that it ended. */
  boolean finish() {
    return PHASE.compareAndSet(this, IN_FLIGHT, FINISHED);
  }

  /** It holds no place at its endpoint any more. */
  void release() {
    if (PHASE.getAndSet(this, RELEASED) != RELEASED) {
      state.end();
    }
  }
}
