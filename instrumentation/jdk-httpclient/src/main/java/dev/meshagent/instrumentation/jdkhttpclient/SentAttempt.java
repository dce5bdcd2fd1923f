package dev.meshagent.instrumentation.jdkhttpclient;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.spi.Mesh;
import java.net.http.HttpTimeoutException;
import java.util.concurrent.TimeUnit;

/**
 * An attempt that is sent over a leg, and may take only so long: the hop is told once how it ended,
 * be it by an answer or by its time. Thread-safe.
 */
final class SentAttempt {
  /** The client's own words. */
  static final String TIMED_OUT = "request timed out";

  private final Leg leg;
  private final Attempt attempt;
  private final AttemptRace race = new AttemptRace();

  private SentAttempt(Leg leg, Attempt attempt) {
    this.leg = leg;
    this.attempt = attempt;
  }

  /** Sends it over the leg's exchange. */
  static void send(Leg leg, Attempt attempt) {
    if (attempt.timeoutNanos == Long.MAX_VALUE) {
      ClientInternals.send(leg.exchange()).whenComplete(leg);
    } else {
      new SentAttempt(leg, attempt).send(leg.hop().mesh());
    }
  }

  private void send(Mesh mesh) {
    Mesh.Timeout timer = mesh.schedule(this::timedOut, attempt.timeoutNanos, TimeUnit.NANOSECONDS);
    ClientInternals.send(leg.exchange())
        .whenComplete(
            (response, thrown) -> {
              timer.cancel();
              AttemptRace.End end = race.ended();
              if (end == AttemptRace.End.IN_TIME) {
                Sending.ended(leg, attempt, response, thrown, false);
              } else if (end == AttemptRace.End.TIMED_OUT) {
                tookTooLong();
              }
            });
  }

  private void timedOut() {
    if (!race.timedOut()) {
      return;
    }
    leg.breakOff(TIMED_OUT);
    if (race.brokenOff()) {
      // Not here: what follows is the client's work, and this is the thread of all timers.
      ClientInternals.execute(leg.hop().multi(), this::tookTooLong);
    }
  }

  private void tookTooLong() {
    Sending.ended(leg, attempt, null, new HttpTimeoutException(TIMED_OUT), true);
  }
}
