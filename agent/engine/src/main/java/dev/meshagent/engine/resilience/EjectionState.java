package dev.meshagent.engine.resilience;

import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.snapshot.policy.EjectionPolicy;
import dev.meshagent.engine.snapshot.policy.GrpcStatus;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * Whether one endpoint is ejected, and what speaks for it.
 *
 * <pre>
 *   IN ──enough consecutive errors──▶ EJECTED ──time is over──▶ PROBING ──an answer──▶ IN
 *                                        ▲                         │
 *                                        └────────an error─────────┘
 * </pre>
 *
 * <p>A probing endpoint takes one call at a time, so that what has just come back is not flooded.
 * Counting takes no lock; the rare transitions do, in the caller.
 */
public class EjectionState {
  private static final AtomicIntegerFieldUpdater<EjectionState> RUN_5XX =
      AtomicIntegerFieldUpdater.newUpdater(EjectionState.class, "run5xx");
  private static final AtomicIntegerFieldUpdater<EjectionState> RUN_GATEWAY =
      AtomicIntegerFieldUpdater.newUpdater(EjectionState.class, "runGateway");
  private static final AtomicIntegerFieldUpdater<EjectionState> RUN_LOCAL =
      AtomicIntegerFieldUpdater.newUpdater(EjectionState.class, "runLocal");

  private volatile int run5xx;
  private volatile int runGateway;
  private volatile int runLocal;

  /** True from an ejection until an answer of a probe. */
  private volatile boolean out;

  private volatile long untilNanos;
  private int ejections;

  /** What one outcome says about an endpoint. */
  public enum Sign {
    /** An answer that is no error of the server. */
    GOOD,
    /** A 5xx that a server itself makes, such as 500. */
    SERVER_ERROR,
    /** 502, 503, 504. */
    GATEWAY_ERROR,
    /** No answer: connect failure, reset, timeout. */
    LOCAL_ERROR,
    /** Says nothing. */
    NONE
  }

  /** Reads an outcome as a sign. */
  public static Sign sign(Outcome outcome) {
    switch (outcome.failure) {
      case NONE:
        break;
      case CONNECT:
      case CONNECT_TIMEOUT:
      case RESET:
      case TIMEOUT:
        return Sign.LOCAL_ERROR;
      default:
        return Sign.NONE;
    }
    int status = outcome.grpcStatus >= 0 ? GrpcStatus.toHttp(outcome.grpcStatus) : outcome.status;
    if (status == 502 || status == 503 || status == 504) {
      return Sign.GATEWAY_ERROR;
    }
    return status >= 500 ? Sign.SERVER_ERROR : Sign.GOOD;
  }

  /**
   * Counts a sign.
   *
   * @return true if the endpoint is to be ejected, as far as the maximum percentage allows
   */
  public final boolean count(Sign sign, EjectionPolicy policy, long now) {
    switch (sign) {
      case GOOD:
        clear();
        // An answer to an attempt from before the ejection is no probe.
        if (probing(now)) {
          out = false;
        }
        return false;
      case SERVER_ERROR:
        reset(RUN_GATEWAY, runGateway);
        reset(RUN_LOCAL, runLocal);
        return reached(RUN_5XX, policy.consecutive5xx) | out;
      case GATEWAY_ERROR:
        reset(RUN_LOCAL, runLocal);
        return reached(RUN_GATEWAY, policy.consecutiveGateway)
            | reached(RUN_5XX, policy.consecutive5xx)
            | out;
      case LOCAL_ERROR:
        return policy.splitLocal
            ? reached(RUN_LOCAL, policy.consecutiveLocal) | out
            : reached(RUN_GATEWAY, policy.consecutiveGateway)
                | reached(RUN_5XX, policy.consecutive5xx)
                | out;
      default:
        return false;
    }
  }

  private boolean reached(AtomicIntegerFieldUpdater<EjectionState> run, int limit) {
    return run.incrementAndGet(this) >= limit && limit > 0;
  }

  private void reset(AtomicIntegerFieldUpdater<EjectionState> run, int value) {
    if (value != 0) {
      run.set(this, 0);
    }
  }

  private void clear() {
    reset(RUN_5XX, run5xx);
    reset(RUN_GATEWAY, runGateway);
    reset(RUN_LOCAL, runLocal);
  }

  /** Ejects; the caller serializes ejections of one service. */
  public final void eject(long now, EjectionPolicy policy) {
    if (ejected(now)) {
      return;
    }
    if (!out && ejections > 0) {
      long healthy = (now - untilNanos) / policy.intervalNanos;
      ejections = (int) Math.max(0, ejections - Math.max(0, healthy));
    }
    ejections++;
    untilNanos = now + Math.min(policy.maxNanos, policy.baseNanos * ejections);
    out = true;
    clear();
  }

  /** Ends the probing of an endpoint that may not be ejected again. */
  public final void readmit(long now) {
    if (probing(now)) {
      out = false;
    }
  }

  /** True while it takes no call at all. */
  public final boolean ejected(long now) {
    return out && untilNanos - now > 0;
  }

  /** True when its time is over but it has not answered yet. */
  public final boolean probing(long now) {
    return out && untilNanos - now <= 0;
  }

  /** True if it may take another call beside those in flight. */
  public final boolean admits(long now, int outstanding) {
    return !out || untilNanos - now <= 0 && outstanding == 0;
  }
}
