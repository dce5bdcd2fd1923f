package dev.meshagent.instrumentation.jdkhttpclient;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.engine.call.Step;
import dev.meshagent.scripted.ScriptedMesh.Call;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** Judges as the engine does: a failure is nothing while another attempt is in flight. */
final class RacingCall extends Call {
  private final Set<Attempt> inFlight = new HashSet<>();
  private boolean over;

  /** Counted down when an answer is dropped for another that may come. */
  volatile CountDownLatch unwanted = new CountDownLatch(0);

  RacingCall(RequestHead head) {
    super(head);
  }

  @Override
  public RacingCall then(Step step) {
    super.then(step);
    return this;
  }

  List<Failure> failures() {
    List<Failure> failures = new ArrayList<>();
    outcomes.forEach(outcome -> failures.add(outcome.failure));
    return failures;
  }

  @Override
  public synchronized Step next() {
    Step step = super.next();
    if (step instanceof Attempt) {
      inFlight.add((Attempt) step);
    }
    return step;
  }

  @Override
  public synchronized Verdict finish(Attempt attempt, Outcome outcome) {
    if (!inFlight.remove(attempt)) {
      return Verdict.DISCARD;
    }
    outcomes.add(outcome);
    if (over || outcome.failure == Failure.CANCELLED) {
      return Verdict.DISCARD;
    }
    boolean good = outcome.failure == Failure.NONE && outcome.status < 500;
    if (!good && !inFlight.isEmpty()) {
      unwanted.countDown();
      return Verdict.DISCARD;
    }
    over = good;
    return good ? Verdict.DELIVER : Verdict.RETRY;
  }

  @Override
  public synchronized Verdict broken(Attempt attempt, Outcome outcome) {
    over = false;
    return Verdict.RETRY;
  }
}
