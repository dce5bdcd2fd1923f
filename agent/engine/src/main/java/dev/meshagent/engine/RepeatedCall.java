package dev.meshagent.engine;

import dev.meshagent.engine.balance.Candidates;
import dev.meshagent.engine.balance.EndpointState;
import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.engine.resilience.RetryConditions;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.policy.HashKey;
import dev.meshagent.engine.snapshot.policy.Hedge;
import dev.meshagent.engine.snapshot.policy.RetryPolicy;

/**
 * Whether a call gets a further attempt: after one that failed, or beside one that takes long. Each
 * is taken out of the budget of its service and the limit on retries.
 */
abstract class RepeatedCall extends RoutedCall {
  /** What the newest attempt was chosen from, or the next one is about to be. */
  Pool pool;

  /** True if the next attempt is out of the budget already. */
  boolean paid;

  /** Attempts that were granted by the policy's number; neither hedges nor {@link #elsewhere}. */
  private short retries;

  RepeatedCall(Engine engine, String library, RequestHead head, ServiceState service) {
    super(engine, library, head, service);
  }

  /** Takes a further attempt after a failed one, if it may be had, and sets its backoff. */
  final boolean mayRetry(EngineAttempt attempt, Outcome outcome, long now) {
    RetryPolicy policy = route.retry;
    if (!outcome.awaited
        || outcome.failure == Failure.CANCELLED
        || policy.retries == 0
        || !RetryConditions.wants(policy, head, outcome)
        || !head.repeatable() && !outcome.failure.unsent()) {
      return false;
    }
    if (elsewhere(attempt, outcome, now)) {
      return true;
    }
    if (retries >= Math.min(policy.retries, Short.MAX_VALUE)) {
      return false;
    }
    long backoff =
        RetryConditions.backoffNanos(policy, retries + 1, outcome, engine.random.nextLong());
    if (backoff < 0) {
      return false;
    }
    if (deadlineNanos != Long.MAX_VALUE && deadlineNanos - now <= backoff) {
      return false;
    }
    if (!takeRetry(attempt.pool, now)) {
      return false;
    }
    retries++;
    notBeforeNanos = now + backoff;
    return true;
  }

  /**
   * Whether nobody was where a suspect endpoint had been, and another may be somewhere else: to
   * find that out cost nobody anything, so it is no retry. It happens once for each endpoint.
   */
  private boolean elsewhere(EngineAttempt attempt, Outcome outcome, long now) {
    return outcome.failure == Failure.CONNECT
        && attempt.endpoint.health == Health.SUSPECT
        && !attempted(attempt.previous, attempt.state)
        && anyUntried(attempt.pool.candidates, now);
  }

  private boolean anyUntried(Candidates candidates, long now) {
    for (int i = 0; i < candidates.size(); i++) {
      EndpointState each = candidates.get(i);
      if (each.admits(now) && !attempted(last, each)) {
        return true;
      }
    }
    return false;
  }

  /** Takes a further attempt out of the budget and the limits. */
  private boolean takeRetry(Pool of, long now) {
    if (paid) {
      return true; // For a hedge that found nobody.
    }
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
    holdRetry(of.admission);
    paid = true;
    return true;
  }

  /** How long until a further attempt may run beside those in flight; 0 if now. */
  final long hedgeLeft(long now) {
    long after = hedgeAfterNanos(last);
    if (after == Long.MAX_VALUE) {
      return Long.MAX_VALUE;
    }
    long left = last.startedNanos + after - now;
    if (left > 0) {
      return left;
    }
    return takeRetry(last.pool, now) ? 0 : Long.MAX_VALUE;
  }

  /** See {@link Attempt#hedgeAfterNanos()}. */
  final long hedgeAfterNanos(EngineAttempt attempt) {
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
  final HashKey hashKey() {
    return pool.policy.balance.hash;
  }
}
