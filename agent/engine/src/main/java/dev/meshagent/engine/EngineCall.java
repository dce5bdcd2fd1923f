package dev.meshagent.engine;

import dev.meshagent.engine.balance.EndpointState;
import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.engine.call.Step;
import dev.meshagent.engine.call.Step.Fail.Reason;
import dev.meshagent.engine.resilience.Admission;
import dev.meshagent.engine.resilience.EjectionState;
import dev.meshagent.engine.resilience.RetryConditions;
import dev.meshagent.engine.routing.Queries;
import dev.meshagent.engine.routing.RedirectTarget;
import dev.meshagent.engine.routing.Rule;
import dev.meshagent.engine.routing.Source;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.OnAgentError;
import dev.meshagent.engine.snapshot.PortRule;
import dev.meshagent.engine.snapshot.policy.Fault;
import dev.meshagent.engine.snapshot.policy.GrpcStatus;
import dev.meshagent.engine.snapshot.policy.HashKey;
import dev.meshagent.engine.snapshot.policy.Hedge;
import dev.meshagent.engine.snapshot.policy.RetryPolicy;
import dev.meshagent.engine.stats.OutcomeClass;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

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
 */
final class EngineCall extends AttemptChain implements MeshCall {
  /** How long calls wait for a service's first snapshot, from the first that asked for it. */
  static final long SNAPSHOT_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final int OPEN = 0;
  private static final int ANSWERED = 1;
  private static final int OVER = 2;

  private static final AtomicIntegerFieldUpdater<EngineCall> ENDED =
      AtomicIntegerFieldUpdater.newUpdater(EngineCall.class, "ended");
  private static final AtomicReferenceFieldUpdater<EngineCall, ServiceState> SERVICE =
      AtomicReferenceFieldUpdater.newUpdater(EngineCall.class, ServiceState.class, "service");
  private static final AtomicReferenceFieldUpdater<EngineCall, Admission> RETRY_PLACE =
      AtomicReferenceFieldUpdater.newUpdater(EngineCall.class, Admission.class, "retryPlace");
  private static final AtomicReferenceFieldUpdater<EngineCall, Admission> QUEUED_AT =
      AtomicReferenceFieldUpdater.newUpdater(EngineCall.class, Admission.class, "queuedAt");

  private final Engine engine;
  private final String library;

  /** When it was first asked what to do; 0 before. Opening reads no clock, to cost less. */
  private long openedNanos;

  /** The called service; null while the names are not known. */
  private volatile ServiceState service;

  /** The rule and the route that the call keeps to, whatever snapshots come meanwhile. */
  private Rule rule;

  private CompiledRoute route;
  private CompiledRoute.Target target;
  private ServiceState targetService;
  private Pool pool;

  private Outcome lastOutcome;

  /** Not before this time, in ns: the end of a delay fault or of a backoff. */
  private long notBeforeNanos;

  /** In ns; {@link Long#MAX_VALUE} for none. */
  private long deadlineNanos = Long.MAX_VALUE;

  private boolean abort;

  /** True if the next attempt is out of the budget already. */
  private boolean paid;

  private Step end;

  /** OPEN, ANSWERED (its answer may break yet) or OVER. */
  private volatile int ended;

  private boolean counted;

  /** Where it is one of those that wait for a place; null if it is not. */
  private volatile Admission queuedAt;

  /** Where it holds a place among the retries that no attempt has taken over yet, or null. */
  private volatile Admission retryPlace;

  EngineCall(Engine engine, String library, RequestHead head, ServiceState service) {
    super(head);
    this.engine = engine;
    this.library = library;
    // Nobody else sees the call yet, so this needs no fence.
    SERVICE.lazySet(this, service);
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
    if (ended != OPEN) {
      stopWaiting();
      return fail(Reason.ABORTED, service.id + ": the call was cancelled");
    }
    if (route == null) {
      ServiceView view = service.view;
      if (view == null) {
        return awaitSnapshot(service, now);
      }
      Step step = takeRoute(view, now);
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
    if (last != null && anyInFlight()) {
      long left = hedgeLeft(now);
      if (left > 0) {
        return new Step.Wait(left);
      }
    }
    ServiceView view = targetService.view;
    return view == null ? awaitSnapshot(targetService, now) : attempt(view, now);
  }

  private Step awaitNames(long now) {
    Engine.Names names = engine.names();
    if (names != null) {
      ServiceState found = engine.resolve(names, head.host(), now);
      service = found;
      return found == null ? pass() : null;
    }
    long left = engine.settings.namesDeadlineNanos - now;
    if (left <= 0) {
      return pass();
    }
    return Waits.forNames(engine, left);
  }

  private Step pass() {
    // It is no call of the mesh, so it is not counted as one either.
    ENDED.compareAndSet(this, OPEN, OVER);
    return end = Step.PASS;
  }

  private Step awaitSnapshot(ServiceState waited, long now) {
    long left = waited.wantedAtNanos + SNAPSHOT_WAIT_NANOS - now;
    if (left > 0) {
      return Waits.forSnapshot(waited, left);
    }
    // A route to another service must not end at the one that was called.
    if (waited != service || engine.onAgentError(waited.id) == OnAgentError.FAIL) {
      return fail(Reason.AGENT_ERROR, Messages.noSnapshot(waited.id));
    }
    return pass();
  }

  /** Decides where the call goes; answers a step if it goes nowhere. */
  private Step takeRoute(ServiceView view, long now) {
    if (!view.router().isEmpty()) {
      rule = view.router().match(head, engine.source);
      if (rule == null) {
        return respond(
            Answers.refuse(
                head, 404, GrpcStatus.UNIMPLEMENTED, Messages.noRoute(service.id, head)));
      }
    }
    CompiledRoute taken = view.route(rule);
    if (taken.route.redirect != null) {
      String location = RedirectTarget.of(taken.route.redirect, head, matchedPrefix(rule));
      end = new Step.Redirect(taken.route.redirect.status, location);
      endCall(OutcomeClass.SUCCESS);
      return end;
    }
    if (taken.route.response != null) {
      return respond(Answers.of(taken.route.response));
    }
    target = taken.choose(head, engine.source, engine.random);
    if (target == null) {
      return respond(
          Answers.refuse(
              head, 503, GrpcStatus.UNAVAILABLE, Messages.noWeight(service.id, taken.route)));
    }
    targetService = target.service == null ? service : engine.wanted(target.service, now);
    deadlineNanos = Deadlines.of(taken.route.timeoutNanos, head, openedNanos);
    if (taken.route.fault != null) {
      drawFault(taken.route.fault, now);
    }
    route = taken;
    return null;
  }

  private void drawFault(Fault fault, long now) {
    if (fault.delayNanos > 0 && engine.drawn(fault.delayPercent)) {
      notBeforeNanos = now + fault.delayNanos;
    }
    abort = engine.drawn(fault.abortPercent);
  }

  private Step respond(Step.Respond answer) {
    end = answer;
    endCall(OutcomeClasses.ofStatus(answer.status));
    return end;
  }

  private Step timedOut(long now) {
    abandon(null, route.latency, now);
    return fail(Reason.TIMEOUT, Messages.timeout(service.id, openedNanos, last, now));
  }

  private Step attempt(ServiceView view, long now) {
    Pool found = view.pool(target.destination, head);
    if (found == null) {
      return fail(
          Reason.NO_ENDPOINT, Messages.noSubset(targetService.id, target.destination.subset));
    }
    pool = found;
    if (found.candidates.isEmpty()) {
      return nobody(view, found.portKey, now);
    }
    if (found.admission != null && !found.admission.tryEnter()) {
      return awaitPlace(found, now, false);
    }
    EndpointState state = found.candidates.choose(this, engine.random, now);
    Endpoint endpoint = state.endpoint();
    int port = found.port(state, endpoint);
    if (port == PortRule.NONE) {
      // The endpoint stopped offering the port between two snapshots.
      if (found.admission != null) {
        found.admission.leave();
      }
      return nobody(view, found.portKey, now);
    }
    boolean connects = found.connects(head, state);
    if (connects && !found.admission.tryConnect()) {
      found.admission.leave();
      return awaitPlace(found, now, true);
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
            found.tls(head, state, endpoint),
            before == null ? 1 : before.number + 1,
            attemptTimeout(now),
            now,
            before,
            retryPlace == null ? null : RETRY_PLACE.getAndSet(this, null),
            connects);
    if (before == null) {
      targetService.budget.deposit(now);
    } else {
      targetService.stats.retries.increment();
    }
    paid = false;
    last = attempt;
    if (ended != OPEN) {
      attempt.release();
    }
    return attempt;
  }

  /** What is left of the time for the whole call, in ns. */
  long leftNanos(long now) {
    return deadlineNanos == Long.MAX_VALUE ? Long.MAX_VALUE : deadlineNanos - now;
  }

  private long attemptTimeout(long now) {
    long left = leftNanos(now);
    long perTry = route.retry.perTryTimeoutNanos;
    return perTry > 0 ? Math.min(perTry, left) : left;
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

  private Step awaitPlace(Pool full, long now, boolean connection) {
    if (queuedAt != full.admission) {
      stopWaiting();
      if (!full.admission.tryWait()) {
        return fail(Reason.LIMIT, Messages.limit(targetService.id, full.admission, connection));
      }
      queuedAt = full.admission;
      if (ended != OPEN) {
        stopWaiting(); // Cancelled meanwhile, by a thread that saw nothing to give back.
      }
    }
    return connection
        ? Waits.forConnection(full.admission, leftNanos(now))
        : Waits.forPlace(full.admission, leftNanos(now));
  }

  private void stopWaiting() {
    Admission at = queuedAt == null ? null : QUEUED_AT.getAndSet(this, null);
    if (at != null) {
      at.stopWaiting();
    }
  }

  private void leaveRetry() {
    Admission place = retryPlace == null ? null : RETRY_PLACE.getAndSet(this, null);
    if (place != null) {
      place.leaveRetry();
    }
  }

  private Step fail(Reason reason, String message) {
    end = new Step.Fail(reason, message, lastOutcome == null ? null : lastOutcome.cause);
    endCall(OutcomeClass.FAILURE);
    return end;
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
    if (ended != OPEN || mirror) {
      attempt.release();
      return Verdict.DISCARD;
    }
    lastOutcome = outcome;
    boolean good = EjectionState.sign(outcome) == EjectionState.Sign.GOOD;
    if (!good && anyInFlight()) {
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
      if (RetryConditions.unsent(outcome)) {
        fail(
            Reason.CONNECT_FAILED,
            Messages.connectFailed(targetService.id, attempt, targetService.view, outcome, now));
        return Verdict.RETRY;
      }
      if (outcome.failure == Failure.TIMEOUT && attempt.timeoutNanos != Long.MAX_VALUE) {
        fail(Reason.TIMEOUT, Messages.timeout(service.id, openedNanos, attempt, now));
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

  @Override
  public Verdict broken(Attempt delivered, Outcome outcome) {
    EngineAttempt attempt = (EngineAttempt) delivered;
    if (!attempt.breakOff()) {
      return Verdict.DISCARD;
    }
    long now = engine.clock.nanos();
    attempt.pool.service.learn(attempt, outcome, now);
    lastOutcome = outcome;
    if (!ENDED.compareAndSet(this, ANSWERED, OPEN)) {
      return Verdict.DELIVER;
    }
    if (mayRetry(attempt, outcome, now)) {
      return Verdict.RETRY;
    }
    endCall(OutcomeClass.FAILURE);
    return Verdict.DELIVER;
  }

  private boolean mayRetry(EngineAttempt attempt, Outcome outcome, long now) {
    RetryPolicy policy = route.retry;
    if (outcome.failure == Failure.CANCELLED
        || attempt.number - hedges() > policy.retries
        || !RetryConditions.wants(policy, head, outcome)
        || !head.repeatable() && !RetryConditions.unsent(outcome)) {
      return false;
    }
    long backoff =
        RetryConditions.backoffNanos(policy, attempt.number, outcome, engine.random.nextLong());
    if (backoff < 0) {
      return false;
    }
    if (deadlineNanos != Long.MAX_VALUE && deadlineNanos - now <= backoff) {
      return false;
    }
    if (!takeRetry(attempt.pool, now)) {
      return false;
    }
    notBeforeNanos = now + backoff;
    return true;
  }

  /** Takes a further attempt out of the budget and the limits. */
  private boolean takeRetry(Pool of, long now) {
    if (of.admission != null && !of.admission.tryRetry()) {
      return false;
    }
    if (!targetService.budget.tryWithdraw(now)) {
      targetService.stats.budgetExhausted.increment();
      if (of.admission != null) {
        of.admission.leaveRetry();
      }
      return false;
    }
    retryPlace = of.admission;
    if (ended != OPEN) {
      leaveRetry(); // Cancelled meanwhile, as above.
    }
    paid = true;
    return true;
  }

  private int hedges() {
    return route.route.hedge == null ? 0 : route.route.hedge.attempts;
  }

  /** How long until a further attempt may run beside those in flight; 0 if now. */
  private long hedgeLeft(long now) {
    long after = hedgeAfterNanos(last);
    if (after == Long.MAX_VALUE) {
      return Long.MAX_VALUE;
    }
    long left = last.startedNanos + after - now;
    if (left > 0) {
      return left;
    }
    return paid || takeRetry(last.pool, now) ? 0 : Long.MAX_VALUE;
  }

  /** See {@link Attempt#hedgeAfterNanos()}. */
  long hedgeAfterNanos(EngineAttempt attempt) {
    Hedge hedge = route.route.hedge;
    if (hedge == null
        || attempt.number > hedge.attempts
        || !head.repeatable()
        || pool.candidates.size() < 2) {
      return Long.MAX_VALUE;
    }
    return hedge.delayNanos > 0 ? hedge.delayNanos : route.latency.p95Nanos();
  }

  @Override
  public void release(Attempt attempt) {
    ((EngineAttempt) attempt).release();
  }

  @Override
  public void cancel() {
    if (service == null) {
      ENDED.compareAndSet(this, OPEN, OVER);
      return;
    }
    if (ENDED.compareAndSet(this, ANSWERED, OVER)) {
      return;
    }
    if (endCall(OutcomeClass.CANCELLED)) {
      CompiledRoute taken = route;
      abandon(null, taken == null ? null : taken.latency, engine.clock.nanos());
    }
  }

  /** Ends the call and counts it; false if it had ended already. */
  private boolean endCall(OutcomeClass outcome) {
    return endCall(OVER, outcome, engine.clock.nanos());
  }

  private boolean endCall(int how, OutcomeClass outcome, long now) {
    if (!ENDED.compareAndSet(this, OPEN, how)) {
      return false;
    }
    stopWaiting();
    leaveRetry();
    if (!counted || outcome == OutcomeClass.FAILURE) {
      counted = true;
      CompiledRoute.Target taken = target;
      (taken == null ? service.stats.of("", "") : taken.stats)
          .record(library, outcome, openedNanos == 0 ? 0 : now - openedNanos);
    }
    return true;
  }

  CompiledRoute.Target target() {
    return target;
  }

  private int matchedPrefix(Rule of) {
    return of == null ? 0 : of.matchedPrefix(Queries.path(head.pathAndQuery()));
  }

  String rewrittenPath() {
    if (route.route.rewrite == null) {
      return null;
    }
    String before = head.pathAndQuery();
    String after = route.route.rewrite.path(before, matchedPrefix(rule));
    return after.equals(before) ? null : after;
  }

  String rewrittenAuthority() {
    return route.route.rewrite == null || route.route.rewrite.authority.isEmpty()
        ? null
        : route.route.rewrite.authority;
  }

  /** Copies for the mirrors of the route, each drawn by its share. */
  List<Attempt> mirrors() {
    return route.mirrors.length == 0 || !head.repeatable()
        ? Collections.<Attempt>emptyList()
        : Mirrors.of(engine, this, service, route, attemptTimeout(engine.clock.nanos()));
  }

  @Override
  RetryPolicy retry() {
    return route.retry;
  }

  @Override
  HashKey hashKey() {
    return pool.policy.balance.hash;
  }

  @Override
  Source source() {
    return engine.source;
  }
}
