package dev.meshagent.instrumentation.jdkhttpclient;

import java.util.concurrent.atomic.AtomicReference;

/**
 * The race between the end of an attempt and its own timer. If the timer wins, breaking the attempt
 * off takes it a while; nothing may be begun on the exchange before it is done with that, or the
 * next attempt would be hit. So whoever of the two comes second goes on. Thread-safe.
 *
 * <pre>
 *   RUNNING ──ended──▶ ENDED
 *      │ timedOut
 *   BREAKING_OFF ──brokenOff──▶ BROKEN_OFF ──ended: goes on, timed out
 *      └──ended──▶ ENDED ──brokenOff: goes on, timed out
 * </pre>
 */
final class AttemptRace {
  private enum State {
    RUNNING,
    BREAKING_OFF,
    BROKEN_OFF,
    ENDED
  }

  /** What the end of an attempt finds. */
  enum End {
    /** It came before the timer. */
    IN_TIME,
    /** The timer is breaking the attempt off, and goes on itself after that. */
    LEFT_TO_TIMER,
    /** The timer broke the attempt off. */
    TIMED_OUT
  }

  private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);

  /** The timer ran out: true if it is to break the attempt off. */
  boolean timedOut() {
    return state.compareAndSet(State.RUNNING, State.BREAKING_OFF);
  }

  /** The timer has broken the attempt off: true if that ended meanwhile, so that it goes on. */
  boolean brokenOff() {
    return !state.compareAndSet(State.BREAKING_OFF, State.BROKEN_OFF);
  }

  /** The attempt ended. */
  End ended() {
    State found = state.getAndSet(State.ENDED);
    switch (found) {
      case RUNNING:
        return End.IN_TIME;
      case BREAKING_OFF:
        return End.LEFT_TO_TIMER;
      default:
        return End.TIMED_OUT;
    }
  }
}
