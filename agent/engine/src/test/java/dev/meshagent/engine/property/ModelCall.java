package dev.meshagent.engine.property;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.Mesh;
import dev.meshagent.engine.TestRequest;
import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.MeshCall.Verdict;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** One call beside what its adapter knows of it; every act checks the contract of MeshCall. */
final class ModelCall {
  private static final Failure[] FAILURES = {
    Failure.CONNECT, Failure.RESET, Failure.TIMEOUT, Failure.REFUSED_STREAM, Failure.OTHER
  };

  private final Mesh mesh;
  private final MeshCall call;
  private final boolean repeatable;
  private final int mostAttempts;

  /** How long the call may take in all, in ns. */
  private final long timeoutNanos;

  private final List<Attempt> inFlight = new ArrayList<>();

  /** Broken off, but the library has not said so yet; the engine has let go of them. */
  private final List<Attempt> late = new ArrayList<>();

  private final List<Attempt> finished = new ArrayList<>();

  /** Its answer is being read, so it counts as outstanding still. */
  private Attempt delivered;

  private Step end;
  private boolean answered;
  private boolean asked;
  private long askedNanos;
  private Outcome lastOutcome;

  /** When a further attempt was granted, so that it is not to be made before its backoff. */
  private long grantedNanos = Long.MIN_VALUE;

  private final Set<String> tried = new TreeSet<>();
  private boolean cancelled;
  private int attempts;

  ModelCall(Mesh mesh, TestRequest request, int mostAttempts, long timeoutNanos) {
    this.mesh = mesh;
    this.call = mesh.open(request);
    this.repeatable = request.repeatable();
    this.mostAttempts = mostAttempts;
    this.timeoutNanos = timeoutNanos;
  }

  /**
   * Does something that an adapter may do now.
   *
   * @param available the endpoints that are listed and not ejected
   */
  void act(Random random, Set<String> available) {
    switch (random.nextInt(8)) {
      case 0:
      case 1:
        next(available);
        break;
      case 6:
        if (!late.isEmpty()) {
          Attempt loser = late.remove(random.nextInt(late.size()));
          assertThat(call.finish(loser, outcome(random))).isEqualTo(Verdict.DISCARD);
          finished.add(loser);
        }
        break;
      case 7:
        if (delivered != null && random.nextBoolean()) {
          breakBody();
        }
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

  /** What is listed no more is forgotten, and is as new if it comes back. */
  void swapped(Set<String> listed) {
    tried.retainAll(listed);
  }

  private void next(Set<String> available) {
    if (!asked) {
      asked = true;
      askedNanos = mesh.clock.nanos();
    }
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
        if (attempts > 1) {
          assertMayRepeat(attempt, available);
        }
        tried.add(attempt.endpoint.uid);
        assertThat(attempt.number).isEqualTo(attempts);
        inFlight.add(attempt);
        break;
      case WAIT:
        assertThat(((Step.Wait) step).nanos).isPositive();
        if (inFlight.isEmpty()) {
          assertThat(mesh.clock.nanos() + ((Step.Wait) step).nanos - askedNanos)
              .as("a backoff that ends after the call must")
              .isLessThanOrEqualTo(timeoutNanos);
        }
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

  private void assertMayRepeat(Attempt attempt, Set<String> available) {
    if (!repeatable) {
      assertThat(inFlight).as("a hedge of what can be sent once").isEmpty();
      assertThat(lastOutcome.failure)
          .as("why it is sent again though it can be sent once")
          .isIn(Failure.CONNECT, Failure.CONNECT_TIMEOUT, Failure.REFUSED_STREAM);
    }
    if (inFlight.isEmpty()) {
      assertThat(mesh.clock.nanos()).as("sent again without backoff").isNotEqualTo(grantedNanos);
    }
    if (!tried.containsAll(available)) {
      assertThat(tried)
          .as("tried, though %s are left", available)
          .doesNotContain(attempt.endpoint.uid);
    }
  }

  private void finish(Attempt attempt, Outcome outcome) {
    Verdict verdict = call.finish(attempt, outcome);
    finished.add(attempt);
    lastOutcome = outcome;
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
    } else if (verdict == Verdict.RETRY) {
      grantedNanos = mesh.clock.nanos();
    } else {
      assertThat(inFlight).as("dropped, so another one is to answer").isNotEmpty();
    }
  }

  /** What is in flight beside the answer is broken off, of which the library tells in its time. */
  private void drop() {
    late.addAll(inFlight);
    inFlight.clear();
  }

  /** The answer breaks while its body is read. */
  private void breakBody() {
    lastOutcome = Outcome.failure(Failure.RESET, null);
    Verdict verdict = call.broken(delivered, lastOutcome);
    assertThat(call.broken(delivered, lastOutcome)).isEqualTo(Verdict.DISCARD);
    finished.add(delivered);
    delivered = null;
    if (verdict == Verdict.RETRY) {
      assertThat(cancelled).as("tried again after it was cancelled").isFalse();
      answered = false;
      grantedNanos = mesh.clock.nanos();
    }
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
    for (Attempt loser : late) {
      assertThat(call.finish(loser, Outcome.failure(Failure.CANCELLED, null)))
          .isEqualTo(Verdict.DISCARD);
    }
    late.clear();
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
        return Outcome.response(200, -1, random.nextBoolean());
    }
  }
}
