package dev.meshagent.engine;

import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.engine.call.Step;
import dev.meshagent.engine.call.Step.Fail.Reason;
import dev.meshagent.engine.resilience.Admission;
import dev.meshagent.engine.stats.OutcomeClass;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

/**
 * The life of a call: it ends once, is counted then, and gives back what it holds beside its
 * attempts: its turn among those that wait, and its place among the retries.
 *
 * <pre>
 *   OPEN ──answer──▶ ANSWERED ──────▶ OVER
 *    │ ▲                │               ▲
 *    │ └───it broke─────┘               │
 *    └──────────────fail, cancel────────┘
 * </pre>
 *
 * <p>What a cancel may race with is atomic: the end, and the giving back.
 */
abstract class CallLife extends AttemptChain {
  static final int OPEN = 0;

  /** Its answer may break yet. */
  static final int ANSWERED = 1;

  static final int OVER = 2;

  private static final AtomicIntegerFieldUpdater<CallLife> ENDED =
      AtomicIntegerFieldUpdater.newUpdater(CallLife.class, "ended");
  private static final AtomicReferenceFieldUpdater<CallLife, ServiceState> SERVICE =
      AtomicReferenceFieldUpdater.newUpdater(CallLife.class, ServiceState.class, "service");
  private static final AtomicReferenceFieldUpdater<CallLife, Admission> RETRY_PLACE =
      AtomicReferenceFieldUpdater.newUpdater(CallLife.class, Admission.class, "retryPlace");
  private static final AtomicReferenceFieldUpdater<CallLife, Admission> QUEUED_AT =
      AtomicReferenceFieldUpdater.newUpdater(CallLife.class, Admission.class, "queuedAt");

  final Engine engine;
  private final String library;

  /** When it was first asked what to do; 0 before. Opening reads no clock, to cost less. */
  long openedNanos;

  /** The called service; null while the names are not known. */
  volatile ServiceState service;

  /** Where it goes; null before its route is known. */
  CompiledRoute.Target target;

  /** The step that ended it, or null. */
  Step end;

  /** What became of the attempt that ended last, or null. */
  Outcome lastOutcome;

  private volatile int ended;
  private boolean counted;

  /** True if it was counted as an error, which is counted once. */
  private boolean erred;

  /** Where it is one of those that wait for a place; null if it is not. */
  private volatile Admission queuedAt;

  /** Where it holds a place among the retries that no attempt has taken over yet, or null. */
  private volatile Admission retryPlace;

  CallLife(Engine engine, String library, RequestHead head, ServiceState service) {
    super(head);
    this.engine = engine;
    this.library = library;
    // Nobody else sees the call yet, so this needs no fence.
    SERVICE.lazySet(this, service);
  }

  final boolean open() {
    return ended == OPEN;
  }

  /** Goes from one state of life to another; false if it is not in the first. */
  final boolean become(int from, int to) {
    return ENDED.compareAndSet(this, from, to);
  }

  final Step pass() {
    // It is no call of the mesh, so it is not counted as one either.
    become(OPEN, OVER);
    return end = Step.PASS;
  }

  final Step respond(Step.Respond answer) {
    end = answer;
    endCall(OutcomeClasses.ofStatus(answer.status));
    return end;
  }

  final Step fail(Reason reason, String message) {
    end = new Step.Fail(reason, message, lastOutcome == null ? null : lastOutcome.cause);
    endCall(OutcomeClass.FAILURE);
    return end;
  }

  /** Ends the call and counts it; false if it had ended already. */
  final boolean endCall(OutcomeClass outcome) {
    return endCall(OVER, outcome, engine.clock.nanos());
  }

  final boolean endCall(int how, OutcomeClass outcome, long now) {
    if (!become(OPEN, how)) {
      return false;
    }
    stopWaiting();
    leaveRetry();
    if (!counted || outcome == OutcomeClass.FAILURE && !erred) {
      counted = true;
      erred = outcome == OutcomeClass.FAILURE || outcome == OutcomeClass.SERVER_ERROR;
      CompiledRoute.Target taken = target;
      (taken == null ? service.stats.of("", "") : taken.stats)
          .record(library, outcome, openedNanos == 0 ? 0 : now - openedNanos);
    }
    return true;
  }

  /** Becomes one of those who wait there; false if there are too many. */
  final boolean waitAt(Admission full) {
    if (queuedAt != full) {
      stopWaiting();
      if (!full.tryWait()) {
        return false;
      }
      queuedAt = full;
      if (!open()) {
        stopWaiting(); // Cancelled meanwhile, by a thread that saw nothing to give back.
      }
    }
    return true;
  }

  /** Whether it still waits for a place there. */
  final boolean waitsAt(Admission admission) {
    return queuedAt == admission;
  }

  final void stopWaiting() {
    Admission at = queuedAt == null ? null : QUEUED_AT.getAndSet(this, null);
    if (at != null) {
      at.stopWaiting();
    }
  }

  /** Holds a place among the retries, for the next attempt. */
  final void holdRetry(Admission place) {
    retryPlace = place;
    if (!open()) {
      leaveRetry(); // Cancelled meanwhile, as above.
    }
  }

  /** Hands over the place among the retries, if there is one. */
  final Admission takeRetryPlace() {
    return retryPlace == null ? null : RETRY_PLACE.getAndSet(this, null);
  }

  private void leaveRetry() {
    Admission place = takeRetryPlace();
    if (place != null) {
      place.leaveRetry();
    }
  }
}
