package dev.meshagent.engine;

import dev.meshagent.engine.balance.EndpointState;
import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.resilience.Admission;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import dev.meshagent.engine.snapshot.policy.RetryPolicy;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/** An attempt together with what has become of it. Each transition happens at most once. */
final class EngineAttempt extends Attempt {
  private static final int IN_FLIGHT = 0;
  private static final int FINISHED = 1;
  private static final int RELEASED = 2;

  /** Beside the phase: it holds one of the connections that are limited. */
  private static final int CONNECTED = 4;

  private static final AtomicIntegerFieldUpdater<EngineAttempt> PHASE =
      AtomicIntegerFieldUpdater.newUpdater(EngineAttempt.class, "phase");

  final EngineCall call;

  final EndpointState state;
  final Pool pool;
  final long startedNanos;

  /** The attempt before this one, or null; a mirror has none. */
  final EngineAttempt previous;

  /** Whose header operations hold: the call's target, or the mirror's. */
  private final CompiledRoute.Target target;

  /** Where it holds a place among the retries under way, or null. */
  private final Admission retryPlace;

  private volatile int phase;

  EngineAttempt(
      EngineCall call,
      CompiledRoute.Target target,
      EndpointState state,
      Endpoint endpoint,
      Pool pool,
      String address,
      int port,
      int number,
      long timeoutNanos,
      long now,
      EngineAttempt previous,
      Admission retryPlace,
      boolean connected) {
    super(endpoint, address, port, number, timeoutNanos);
    this.call = call;
    this.target = target;
    this.state = state;
    this.pool = pool;
    this.startedNanos = now;
    this.previous = previous;
    this.retryPlace = retryPlace;
    if (connected) {
      PHASE.lazySet(this, IN_FLIGHT | CONNECTED);
    }
    state.begin();
  }

  boolean mirror() {
    return call.target() != target;
  }

  boolean inFlight() {
    return (phase & ~CONNECTED) == IN_FLIGHT;
  }

  /** True for the first who says that it ended. */
  boolean finish() {
    return PHASE.compareAndSet(this, IN_FLIGHT, FINISHED)
        || PHASE.compareAndSet(this, IN_FLIGHT | CONNECTED, FINISHED | CONNECTED);
  }

  /** It shares its connection with others, as its answer shows, so it holds none. */
  void disconnect() {
    if (PHASE.compareAndSet(this, FINISHED | CONNECTED, FINISHED)) {
      pool.admission.disconnect();
    }
  }

  /** It holds no place at its endpoint any more. */
  void release() {
    int before = PHASE.getAndSet(this, RELEASED);
    if (before != RELEASED) {
      leave(before);
    }
  }

  /** Releases it; true for the first who says so of one that was finished and not released. */
  boolean breakOff() {
    int before = phase;
    boolean first =
        (before & ~CONNECTED) == FINISHED && PHASE.compareAndSet(this, before, RELEASED);
    if (first) {
      leave(before);
    }
    return first;
  }

  private void leave(int before) {
    state.end();
    if (retryPlace != null) {
      retryPlace.leaveRetry();
    }
    if ((before & CONNECTED) != 0) {
      pool.admission.disconnect();
    }
    if (pool.admission != null && !mirror()) {
      pool.admission.leave();
    }
  }

  @Override
  public long connectTimeoutNanos() {
    long nanos = pool.policy.limits.connectTimeoutNanos;
    return nanos == 0 ? Long.MAX_VALUE : nanos;
  }

  @Override
  public long callTimeoutNanos() {
    return call.leftNanos(startedNanos);
  }

  @Override
  public RetryPolicy retryPolicy() {
    return call.retry();
  }

  @Override
  public long idleTimeoutNanos() {
    long nanos = pool.policy.limits.idleTimeoutNanos;
    return nanos == 0 ? Long.MAX_VALUE : nanos;
  }

  @Override
  public long hedgeAfterNanos() {
    return mirror() ? Long.MAX_VALUE : call.hedgeAfterNanos(this);
  }

  @Override
  public HeaderOps requestHeaders() {
    return target.requestHeaders;
  }

  @Override
  public HeaderOps responseHeaders() {
    return target.responseHeaders;
  }

  @Override
  public String pathAndQuery() {
    return call.rewrittenPath();
  }

  @Override
  public String authority() {
    return call.rewrittenAuthority();
  }

  @Override
  public List<Attempt> mirrors() {
    return number == 1 && !mirror() ? call.mirrors() : Collections.<Attempt>emptyList();
  }
}
