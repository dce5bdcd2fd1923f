package dev.meshagent.engine.property;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.MeshCall.Verdict;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** One call beside what its adapter knows of it; every act checks the contract of MeshCall. */
final class ModelCall {
  private static final Failure[] FAILURES = {
    Failure.CONNECT, Failure.RESET, Failure.TIMEOUT, Failure.REFUSED_STREAM, Failure.OTHER
  };

  private final MeshCall call;
  private final int mostAttempts;
  private final List<Attempt> inFlight = new ArrayList<>();
  private final List<Attempt> finished = new ArrayList<>();

  /** Its answer is being read, so it counts as outstanding still. */
  private Attempt delivered;

  private Step end;
  private boolean answered;
  private boolean cancelled;
  private int attempts;

  ModelCall(MeshCall call, int mostAttempts) {
    this.call = call;
    this.mostAttempts = mostAttempts;
  }

  void act(Random random) {
    switch (random.nextInt(6)) {
      case 0:
      case 1:
        next();
        break;
      case 2:
      case 3:
        if (!inFlight.isEmpty()) {
          finish(inFlight.remove(random.nextInt(inFlight.size())), outcome(random));
        }
        break;
      case 4:
        if (!finished.isEmpty()) {
          // Told twice: ignored, whatever the second time says.
          Attempt again = finished.get(random.nextInt(finished.size()));
          assertThat(call.finish(again, outcome(random))).isEqualTo(Verdict.DISCARD);
        } else if (delivered != null) {
          release();
        }
        break;
      default:
        if (random.nextInt(5) == 0) {
          cancel();
        } else if (delivered != null) {
          release();
        }
        break;
    }
  }

  private void next() {
    Step step = call.next();
    if (end != null) {
      assertThat(step).isSameAs(end);
      return;
    }
    switch (step.kind) {
      case ATTEMPT:
        assertThat(answered || cancelled).as("an attempt after the end").isFalse();
        attempts++;
        assertThat(attempts).isLessThanOrEqualTo(mostAttempts);
        Attempt attempt = (Attempt) step;
        assertThat(attempt.number).isEqualTo(attempts);
        inFlight.add(attempt);
        break;
      case WAIT:
        assertThat(((Step.Wait) step).nanos).isPositive();
        break;
      case QUEUE:
        assertThat(((Step.Queue) step).maxNanos).isPositive();
        break;
      case FAIL:
        assertThat(((Step.Fail) step).message).startsWith("default/orders: ");
        end = step;
        drop();
        break;
      default:
        throw new AssertionError("unexpected " + step.kind);
    }
  }

  private void finish(Attempt attempt, Outcome outcome) {
    Verdict verdict = call.finish(attempt, outcome);
    finished.add(attempt);
    if (answered || cancelled || end != null) {
      assertThat(verdict).as("a late answer").isEqualTo(Verdict.DISCARD);
      return;
    }
    if (verdict == Verdict.DELIVER) {
      answered = true;
      if (outcome.failure == Failure.NONE) {
        delivered = attempt;
      }
      drop();
    } else if (verdict == Verdict.DISCARD) {
      assertThat(inFlight).as("dropped, so another one is to answer").isNotEmpty();
    }
  }

  /** What is in flight beside the answer is broken off. */
  private void drop() {
    for (Attempt loser : inFlight) {
      assertThat(call.finish(loser, Outcome.failure(Failure.CANCELLED, null)))
          .isEqualTo(Verdict.DISCARD);
      finished.add(loser);
    }
    inFlight.clear();
  }

  private void cancel() {
    call.cancel();
    cancelled = true;
    if (!answered) {
      drop();
    }
  }

  private void release() {
    call.release(delivered);
    call.release(delivered);
    delivered = null;
  }

  /** The adapter lets go of everything. */
  void abandon() {
    call.cancel();
    cancelled = true;
    drop();
    if (delivered != null) {
      release();
    }
  }

  /** How many attempts count as outstanding, as the adapter sees it. */
  int held() {
    return inFlight.size() + (delivered == null ? 0 : 1);
  }

  private static Outcome outcome(Random random) {
    switch (random.nextInt(3)) {
      case 0:
        return Outcome.failure(FAILURES[random.nextInt(FAILURES.length)], null);
      case 1:
        return Outcome.response(random.nextBoolean() ? 503 : 500, -1);
      default:
        return Outcome.response(200, -1);
    }
  }
}
