package dev.meshagent.engine;

import dev.meshagent.engine.balance.Candidates;
import dev.meshagent.engine.balance.Choice;
import dev.meshagent.engine.balance.EndpointState;
import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.engine.call.Step;
import dev.meshagent.engine.policy.EjectionPolicy;
import dev.meshagent.engine.policy.RetryOn;
import dev.meshagent.engine.policy.RetryPolicy;
import dev.meshagent.engine.resilience.EjectionState;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.OnAgentError;
import dev.meshagent.engine.stats.OutcomeClass;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * One call as a state machine.
 *
 * <pre>
 *   NAMES? ──▶ SNAPSHOT? ──▶ ATTEMPT ──finish──▶ delivered
 *     │            │          ▲   │
 *    PASS     PASS or FAIL    │   └──▶ WAIT (backoff) or FAIL
 *                             └─────────┘
 * </pre>
 *
 * <p>Driven by one thread at a time as {@link MeshCall} says. What {@link #cancel} may race with is
 * atomic: the end of the call, and the phases of each attempt.
 */
final class EngineCall implements MeshCall, Candidates.Tried {
  /** How long calls wait for a service's first snapshot, from the first that asked for it. */
  static final long SNAPSHOT_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final AtomicIntegerFieldUpdater<EngineCall> ENDED =
      AtomicIntegerFieldUpdater.newUpdater(EngineCall.class, "ended");

  private final Engine engine;
  private final String library;
  private final RequestHead head;
  private final long openedNanos;

  /** Null while the names are not known. */
  private ServiceState service;

  /** Null until the first attempt; from then on the call keeps to it for policy. */
  private ServiceView view;

  private volatile EngineAttempt last;
  private Outcome lastOutcome;
  private long retryAtNanos;
  private Step end;
  private volatile int ended;

  EngineCall(Engine engine, String library, RequestHead head, ServiceState service, long now) {
    this.engine = engine;
    this.library = library;
    this.head = head;
    this.service = service;
    this.openedNanos = now;
  }

  @Override
  public Step next() {
    if (end != null) {
      return end;
    }
    long now = engine.clock.nanos();
    if (service == null) {
      Step step = awaitNames(now);
      if (step != null) {
        return step;
      }
    }
    ServiceView current = service.view;
    if (current == null) {
      return awaitSnapshot(now);
    }
    if (ended != 0) {
      return fail(Step.Fail.Reason.ABORTED, service.id + ": the call was cancelled");
    }
    if (retryAtNanos - now > 0 && last != null) {
      return new Step.Wait(retryAtNanos - now);
    }
    view = current;
    return attempt(current, now);
  }

  private Step awaitNames(long now) {
    Engine.Names names = engine.names();
    if (names != null) {
      service = engine.resolve(names, head.host(), now);
      return service == null ? pass() : null;
    }
    long left = engine.settings.namesDeadlineNanos - now;
    if (left <= 0) {
      return pass();
    }
    return new Step.Queue(left) {
      @Override
      public void onWake(Runnable wake) {
        engine.onNames(wake);
      }
    };
  }

  private Step pass() {
    // It is no call of the mesh, so it is not counted as one either.
    ENDED.compareAndSet(this, 0, 1);
    return end = Step.PASS;
  }

  private Step awaitSnapshot(long now) {
    ServiceState waited = service;
    long left = waited.wantedAtNanos + SNAPSHOT_WAIT_NANOS - now;
    if (left > 0) {
      return new Step.Queue(left) {
        @Override
        public void onWake(Runnable wake) {
          waited.onSnapshot(wake);
        }
      };
    }
    if (engine.onAgentError(waited.id) == OnAgentError.FAIL) {
      return fail(
          Step.Fail.Reason.AGENT_ERROR,
          waited.id
              + ": no snapshot from the controller within 1 s, and the service must not be called"
              + " without its policy; is the controller reachable?");
    }
    return pass();
  }

  private Step attempt(ServiceView current, long now) {
    int key = current.ports.key(head.scheme(), head.port());
    Candidates candidates = current.on(key);
    EndpointState state = Choice.of(candidates, this, engine.random, now);
    if (state == null) {
      return nobody(current, key, now);
    }
    Endpoint endpoint = state.endpoint();
    int port = current.ports.target(key, endpoint);
    if (port == PortRule.NONE) {
      // The endpoint stopped offering the port between two snapshots.
      return nobody(current, key, now);
    }
    EngineAttempt attempt =
        new EngineAttempt(
            state, endpoint, addressFor(state, endpoint), port, Long.MAX_VALUE, now, last);
    if (last == null) {
      service.budget.deposit(now);
    } else {
      service.stats.retries.increment();
    }
    service.stats.attempts.increment();
    last = attempt;
    if (ended != 0) {
      attempt.release();
    }
    return attempt;
  }

  /** The preferred address first, the next one each time the endpoint is tried again. */
  private String addressFor(EndpointState state, Endpoint endpoint) {
    int tries = 0;
    for (EngineAttempt each = last; each != null; each = each.previous) {
      tries += each.state == state ? 1 : 0;
    }
    return endpoint.addresses.get(tries % endpoint.addresses.size());
  }

  private Step nobody(ServiceView current, int key, long now) {
    if (key != PortRule.UNNAMED && !current.snapshot.endpoints.isEmpty()) {
      return fail(
          Step.Fail.Reason.NO_SUCH_PORT,
          service.id
              + ": nobody offers port "
              + key
              + "; it has "
              + current.ports.offered(current.snapshot.endpoints)
              + ". Call one of these, or none for the primary port");
    }
    return fail(
        Step.Fail.Reason.NO_ENDPOINT,
        service.id + ": no endpoint left (" + current.standing(now) + ")" + lastError());
  }

  private String lastError() {
    if (lastOutcome == null) {
      return "; is an instance running with the agent, and does it name this controller?";
    }
    Throwable cause = lastOutcome.cause;
    return "; last error: " + (cause == null ? lastOutcome.failure : cause);
  }

  private Step fail(Step.Fail.Reason reason, String message) {
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
    long now = engine.clock.nanos();
    learn(attempt, outcome, now);
    if (ended != 0) {
      attempt.release();
      return Verdict.DISCARD;
    }
    lastOutcome = outcome;
    RetryPolicy policy = RetryPolicy.DEFAULT;
    if (outcome.failure != Failure.CANCELLED && mayRetry(policy, attempt, outcome, now)) {
      attempt.release();
      retryAtNanos = now + backoff(policy, attempt.number, outcome);
      return Verdict.RETRY;
    }
    if (outcome.failure != Failure.NONE) {
      attempt.release();
      if (RetryOn.unsent(outcome)) {
        fail(Step.Fail.Reason.CONNECT_FAILED, connectFailed(attempt, now));
        return Verdict.RETRY;
      }
    }
    endCall(OutcomeClasses.of(outcome));
    return Verdict.DELIVER;
  }

  private void learn(EngineAttempt attempt, Outcome outcome, long now) {
    EndpointState state = attempt.state;
    EjectionState.Sign sign = EjectionState.sign(outcome);
    switch (sign) {
      case GOOD:
        state.answered();
        state.latency.observe(now - attempt.startedNanos, now);
        break;
      case GATEWAY_ERROR:
      case SERVER_ERROR:
      case LOCAL_ERROR:
        state.failed();
        state.latency.penalize(now);
        if (RetryOn.unsent(outcome)) {
          state.connectFailed();
        }
        break;
      default:
        break;
    }
    service.judge(state, sign, EjectionPolicy.DEFAULT, now);
  }

  private boolean mayRetry(RetryPolicy policy, EngineAttempt attempt, Outcome outcome, long now) {
    if (!policy.wants(head, outcome)
        || attempt.number > policy.retries
        || !head.repeatable() && !RetryOn.unsent(outcome)) {
      return false;
    }
    if (service.budget.tryWithdraw(now)) {
      return true;
    }
    service.stats.budgetExhausted.increment();
    return false;
  }

  private long backoff(RetryPolicy policy, int retry, Outcome outcome) {
    long ceiling = policy.backoffCeilingNanos(retry);
    return ceiling == 0 ? 0 : (engine.random.nextLong() & Long.MAX_VALUE) % (ceiling + 1);
  }

  private String connectFailed(EngineAttempt attempt, long now) {
    StringBuilder text = new StringBuilder(service.id.toString());
    text.append(": no connection after ").append(attempt.number);
    text.append(attempt.number == 1 ? " attempt (" : " attempts (");
    for (EngineAttempt each = attempt; each != null; each = each.previous) {
      text.append(each.address).append(':').append(each.port);
      text.append(each.previous == null ? "; " : ", ");
    }
    return text.append(view.standing(now)).append(')').append(lastError()).toString();
  }

  @Override
  public void release(Attempt attempt) {
    ((EngineAttempt) attempt).release();
  }

  @Override
  public void cancel() {
    if (service == null) {
      ENDED.compareAndSet(this, 0, 1);
      return;
    }
    if (endCall(OutcomeClass.CANCELLED)) {
      for (EngineAttempt each = last; each != null; each = each.previous) {
        each.release();
      }
    }
  }

  /** Counts the call, once; false if it had ended already. */
  private boolean endCall(OutcomeClass outcome) {
    if (!ENDED.compareAndSet(this, 0, 1)) {
      return false;
    }
    service.stats.calls.increment();
    ServiceView counted = service.view;
    if (counted != null) {
      counted.stats.record(library, outcome, engine.clock.nanos() - openedNanos);
    }
    return true;
  }

  @Override
  public boolean tried(EndpointState endpoint) {
    for (EngineAttempt each = last; each != null; each = each.previous) {
      if (each.state == endpoint) {
        return true;
      }
    }
    return false;
  }
}
