package dev.meshagent.engine;

import dev.meshagent.engine.balance.EndpointState;
import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.engine.call.Step;
import dev.meshagent.engine.call.Step.Fail.Reason;
import dev.meshagent.engine.resilience.EjectionState;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.PortRule;
import dev.meshagent.engine.stats.OutcomeClass;
import java.util.Collections;
import java.util.List;

/**
 * One call as a state machine.
 *
 * <pre>
 *   names? ─▶ snapshot? ─▶ route ─▶ delay? ─▶ place? ─▶ ATTEMPT ──finish──▶ delivered
 *     │          │          │         │         │        ▲  │ ▲
 *    PASS     PASS, FAIL  RESPOND   RESPOND   QUEUE,     │  │ └─ hedge: a further ATTEMPT
 *                         REDIRECT  (abort)   FAIL       │  └──▶ FAIL
 *                                                        └─WAIT (backoff)
 * </pre>
 *
 * <p>Driven by one thread at a time as {@link MeshCall} says. What {@link #cancel} may race with is
 * atomic: the end of the call, and the phases of each attempt.
 *
 * <p>It stands on what makes up a call, one on the other rather than held, so that a call is one
 * object: {@link AttemptChain} what was tried, {@link CallLife} how it ends, {@link RoutedCall}
 * where it goes, {@link RepeatedCall} whether it tries again.
 */
final class EngineCall extends RepeatedCall implements MeshCall {
  /** There is nobody to hedge with, which is no reason to give up what is in flight. */
  private static final Step NO_HEDGE = new Step.Wait(Long.MAX_VALUE);

  EngineCall(Engine engine, String library, RequestHead head, ServiceState service) {
    super(engine, library, head, service);
  }

  @Override
  public Step next() {
    if (end != null) {
      return end;
    }
    long now = engine.clock.nanos();
    if (openedNanos == 0) {
      openedNanos = now;
    }
    if (service == null) {
      Step step = awaitNames(now);
      if (step != null) {
        return step;
      }
    }
    if (!open()) {
      stopWaiting();
      return fail(Reason.ABORTED, service.id + ": the call was cancelled");
    }
    if (route == null) {
      Step step = route(now);
      if (step != null) {
        return step;
      }
    }
    if (deadlineNanos - now <= 0) {
      return timedOut(now);
    }
    if (notBeforeNanos != 0 && notBeforeNanos - now > 0) {
      return new Step.Wait(notBeforeNanos - now);
    }
    if (abort) {
      return respond(Answers.abort(route.route.fault, head));
    }
    boolean hedge = last != null && anyInFlight();
    if (hedge) {
      long left = hedgeLeft(now);
      if (left > 0) {
        return new Step.Wait(left);
      }
    }
    ServiceView view = targetService.view;
    return view == null ? awaitSnapshot(targetService, now) : attempt(view, now, hedge);
  }

  private Step timedOut(long now) {
    abandon(null, route.latency, now);
    return fail(Reason.TIMEOUT, Messages.timeout(service.id, openedNanos, last, now));
  }

  private Step attempt(ServiceView view, long now, boolean hedge) {
    Pool found = view.pool(target.destination, head);
    if (hedge && (found == null || found.candidates.isEmpty())) {
      return NO_HEDGE;
    }
    if (found == null) {
      return fail(
          Reason.NO_ENDPOINT, Messages.noSubset(targetService.id, target.destination.subset));
    }
    pool = found;
    if (found.candidates.isEmpty()) {
      return nobody(view, found.portKey, now);
    }
    if (found.admission != null && !found.admission.tryEnter()) {
      return hedge ? NO_HEDGE : awaitPlace(found, now, false);
    }
    EndpointState state = found.candidates.choose(this, engine.random, now);
    Endpoint endpoint = state.endpoint();
    int port = found.port(state, endpoint);
    if (port == PortRule.NONE) {
      // The endpoint stopped offering the port between two snapshots.
      if (found.admission != null) {
        found.admission.leave();
      }
      return hedge ? NO_HEDGE : nobody(view, found.portKey, now);
    }
    boolean connects = found.connects(head, state);
    if (connects && !found.admission.tryConnect()) {
      found.admission.leave();
      return hedge ? NO_HEDGE : awaitPlace(found, now, true);
    }
    stopWaiting();
    EngineAttempt before = last;
    EngineAttempt attempt =
        new EngineAttempt(
            this,
            target,
            state,
            endpoint,
            found,
            addressFor(state, endpoint),
            port,
            before == null ? 1 : before.number + 1,
            attemptTimeout(now),
            now,
            before,
            takeRetryPlace(),
            connects);
    if (before == null) {
      targetService.budget.deposit(now);
    } else {
      targetService.stats.retries.increment();
    }
    paid = false;
    last = attempt;
    if (!open()) {
      attempt.release();
    }
    return attempt;
  }

  private Step awaitPlace(Pool full, long now, boolean connection) {
    if (!waitAt(full.admission)) {
      return fail(Reason.LIMIT, Messages.limit(targetService.id, full.admission, connection));
    }
    return connection
        ? Waits.forConnection(this, full.admission, leftNanos(now))
        : Waits.forPlace(this, full.admission, leftNanos(now));
  }

  private Step nobody(ServiceView view, int key, long now) {
    stopWaiting();
    if (key != PortRule.UNNAMED && view.pool("", key).candidates.isEmpty()) {
      if (!view.snapshot.endpoints.isEmpty()) {
        return fail(Reason.NO_SUCH_PORT, Messages.noSuchPort(targetService.id, view, key));
      }
    }
    return fail(
        Reason.NO_ENDPOINT,
        Messages.noEndpoint(targetService.id, target.destination.subset, view, lastOutcome, now));
  }

  @Override
  public Verdict finish(Attempt finished, Outcome outcome) {
    EngineAttempt attempt = (EngineAttempt) finished;
    if (!attempt.finish()) {
      return Verdict.DISCARD;
    }
    if (outcome.multiplexed) {
      attempt.disconnect();
    }
    long now = engine.clock.nanos();
    boolean mirror = attempt.mirror();
    attempt.pool.service.learn(attempt, outcome, now);
    if (route.latency != null
        && attempt.number == 1
        && !mirror
        && EjectionState.sign(outcome) == EjectionState.Sign.GOOD) {
      route.latency.observe(now - attempt.startedNanos);
    }
    if (!open() || mirror) {
      attempt.release();
      return Verdict.DISCARD;
    }
    lastOutcome = outcome;
    boolean good = EjectionState.sign(outcome) == EjectionState.Sign.GOOD;
    if (!good && outcome.awaited && anyInFlight()) {
      // The other one may still do better.
      attempt.release();
      return Verdict.DISCARD;
    }
    if (mayRetry(attempt, outcome, now)) {
      attempt.release();
      return Verdict.RETRY;
    }
    if (outcome.failure != Failure.NONE) {
      attempt.release();
      if (outcome.awaited && failed(attempt, outcome, now)) {
        return Verdict.RETRY;
      }
    }
    if (!endCall(ANSWERED, OutcomeClasses.of(outcome), now)) {
      attempt.release();
      return Verdict.DISCARD;
    }
    if (attempt.previous != null || attempt != last) {
      abandon(attempt, route.latency, now);
    }
    return Verdict.DELIVER;
  }

  /** True if the mesh has more to say of a failure than the library; then it says it next. */
  private boolean failed(EngineAttempt attempt, Outcome outcome, long now) {
    if (outcome.failure.unsent()) {
      fail(
          Reason.CONNECT_FAILED,
          Messages.connectFailed(targetService.id, attempt, targetService.view, outcome, now));
      return true;
    }
    if (outcome.failure == Failure.TIMEOUT && attempt.timeoutNanos != Long.MAX_VALUE) {
      fail(Reason.TIMEOUT, Messages.timeout(service.id, openedNanos, attempt, now));
      return true;
    }
    return false;
  }

  @Override
  public Verdict broken(Attempt delivered, Outcome outcome) {
    EngineAttempt attempt = (EngineAttempt) delivered;
    if (!attempt.breakOff()) {
      return Verdict.DISCARD;
    }
    long now = engine.clock.nanos();
    attempt.pool.service.learn(attempt, outcome, now);
    lastOutcome = outcome;
    if (!become(ANSWERED, OPEN)) {
      return Verdict.DELIVER;
    }
    if (mayRetry(attempt, outcome, now)) {
      return Verdict.RETRY;
    }
    endCall(OutcomeClass.FAILURE);
    return Verdict.DELIVER;
  }

  @Override
  public void release(Attempt attempt) {
    ((EngineAttempt) attempt).release();
  }

  @Override
  public void cancel() {
    if (service == null) {
      become(OPEN, OVER);
      return;
    }
    if (become(ANSWERED, OVER)) {
      return;
    }
    if (endCall(OutcomeClass.CANCELLED)) {
      CompiledRoute taken = route;
      abandon(null, taken == null ? null : taken.latency, engine.clock.nanos());
    }
  }

  /** Copies for the mirrors of the route, each drawn by its share. */
  List<Attempt> mirrors() {
    return route.mirrors.length == 0 || !head.repeatable()
        ? Collections.<Attempt>emptyList()
        : Mirrors.of(engine, this, service, route, attemptTimeout(engine.clock.nanos()));
  }
}
