package dev.meshagent.engine;

import dev.meshagent.engine.balance.EndpointState;
import dev.meshagent.engine.balance.Peers;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.resilience.Admission;
import dev.meshagent.engine.resilience.EjectionState;
import dev.meshagent.engine.resilience.QuantileEstimate;
import dev.meshagent.engine.resilience.RetryBudget;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Locality;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.ServiceSnapshot;
import dev.meshagent.engine.snapshot.policy.EjectionPolicy;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;
import dev.meshagent.engine.stats.IntervalReport;
import dev.meshagent.engine.stats.Scratch;
import dev.meshagent.engine.stats.ServiceStats;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * All that is mutable about one service: the current view, swapped whole, and what outlives it
 * (endpoint states by uid, the retry budget, the statistics).
 */
final class ServiceState {
  final ServiceId id;
  final ServiceStats stats;
  final RetryBudget budget;
  final Wakeups firstSnapshot = new Wakeups();
  final AtomicBoolean wanted = new AtomicBoolean();

  /** When the first call asked for the snapshot; calls wait for it no longer than from then. */
  volatile long wantedAtNanos;

  /** Null until the first snapshot. */
  volatile ServiceView view;

  /** What the newest snapshot listed. Written under this object's lock, read by the report. */
  private volatile Map<String, EndpointState> endpoints = new HashMap<>();

  private final ConcurrentHashMap<String, Admission> admissions = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, QuantileEstimate> latencies = new ConcurrentHashMap<>();

  /**
   * What left since the last report, or still has attempts in flight: it is to be counted whole.
   */
  private final Set<EndpointState> departed = ConcurrentHashMap.newKeySet();

  /** Attempts and failures as last reported. */
  private final Map<EndpointState, int[]> reported = new HashMap<>();

  private long reportedRequests;

  ServiceState(ServiceId id, long now) {
    this.id = id;
    this.wantedAtNanos = now;
    this.stats = new ServiceStats(id);
    this.budget =
        new RetryBudget(
            TrafficPolicy.DEFAULT_BUDGET_PERCENT,
            TrafficPolicy.DEFAULT_BUDGET_FREE_PER_SECOND,
            now);
  }

  /** What is under way to a subset and a port; made when first limited. */
  Admission admission(String subset, int portKey) {
    String key = portKey + "/" + subset;
    Admission made = new Admission();
    Admission known = admissions.putIfAbsent(key, made);
    return known == null ? made : known;
  }

  /** The 95th percentile of a route's latencies. */
  QuantileEstimate latency(String route) {
    QuantileEstimate made = new QuantileEstimate();
    QuantileEstimate known = latencies.putIfAbsent(route, made);
    return known == null ? made : known;
  }

  /** Takes in a snapshot. Runs on the thread that brings it; calls go on with the old view. */
  void swap(ServiceSnapshot snapshot, Locality caller, Peers peers, long now) {
    synchronized (this) {
      boolean first = view == null;
      budget.configure(
          snapshot.policy.traffic.budgetPercent, snapshot.policy.traffic.budgetFreePerSecond);
      Map<String, EndpointState> next = new HashMap<>();
      EndpointState[] states = new EndpointState[snapshot.endpoints.size()];
      int i = 0;
      for (Endpoint endpoint : snapshot.endpoints) {
        EndpointState state = endpoints.get(endpoint.uid);
        if (state == null) {
          state = new EndpointState(endpoint, now, !first);
        } else {
          state.update(endpoint);
        }
        next.put(endpoint.uid, state);
        states[i++] = state;
      }
      for (EndpointState known : endpoints.values()) {
        if (!next.containsKey(known.endpoint().uid)) {
          departed.add(known);
        }
      }
      endpoints = next;
      view = new ServiceView(this, snapshot, states, caller, peers, view);
    }
    firstSnapshot.wakeAll();
  }

  /** Registers a wake for the first snapshot; runs it at once if it is there. */
  void onSnapshot(Runnable wake) {
    firstSnapshot.add(wake);
    if (view != null) {
      firstSnapshot.wakeAll();
    }
  }

  /** Takes in what an outcome says about its endpoint. */
  void learn(EngineAttempt attempt, Outcome outcome, long now) {
    EndpointState endpoint = attempt.state;
    EjectionState.Sign sign = EjectionState.sign(outcome);
    if (outcome.failure == Outcome.Failure.NONE) {
      endpoint.answeredMultiplexed(outcome.multiplexed);
    }
    switch (sign) {
      case GOOD:
        endpoint.answered();
        endpoint.observe(now - attempt.startedNanos, now);
        break;
      case SERVER_ERROR:
      case GATEWAY_ERROR:
      case LOCAL_ERROR:
        endpoint.failed();
        endpoint.penalize(now);
        if (outcome.failure.unsent()) {
          endpoint.connectFailed();
        }
        break;
      default:
        break;
    }
    judge(endpoint, sign, attempt.pool.policy.ejection, now);
  }

  /** Counts what an outcome says about an endpoint, and ejects it if that is enough. */
  private void judge(
      EndpointState endpoint, EjectionState.Sign sign, EjectionPolicy policy, long now) {
    if (endpoint.count(sign, policy, now)) {
      synchronized (this) {
        int ejected = 0;
        for (EndpointState each : endpoints.values()) {
          ejected += each.ejected(now) ? 1 : 0;
        }
        if ((ejected + 1) * 100L <= (long) policy.maxPercent * endpoints.size()) {
          endpoint.eject(now, policy);
          // It comes back as it was: were it unmeasured, then in a long outage whoever has not been
          // ejected yet would be the only one measured, and get all that is more than a probe.
          endpoint.forgive();
        } else {
          // Too many are out already: a probe that failed must not leave it half out for ever,
          // or in a total outage the few that are in would be flooded.
          endpoint.readmit(now);
        }
      }
    }
  }

  void takeInto(
      List<IntervalReport.Series> series,
      List<IntervalReport.EndpointInterval> intervals,
      List<IntervalReport.ServiceInterval> services,
      Scratch scratch,
      long now) {
    long requests = budget.requests();
    stats.takeInto(series, services, requests - reportedRequests, scratch);
    reportedRequests = requests;
    for (EndpointState state : endpoints.values()) {
      takeInto(intervals, state, now);
    }
    for (EndpointState state : departed) {
      boolean over = state.outstanding() == 0;
      takeInto(intervals, state, now);
      if (over) {
        departed.remove(state);
        reported.remove(state);
      }
    }
  }

  private void takeInto(
      List<IntervalReport.EndpointInterval> intervals, EndpointState state, long now) {
    int[] before = reported.get(state);
    if (before == null) {
      before = new int[2];
      reported.put(state, before);
    }
    int attempts = state.attempts();
    int failures = state.failures();
    boolean ejected = state.ejected(now);
    if (attempts != before[0] || failures != before[1] || ejected || state.outstanding() > 0) {
      intervals.add(
          new IntervalReport.EndpointInterval(
              id,
              state.endpoint().uid,
              attempts - before[0],
              failures - before[1],
              (long) state.fadedNanos(now) / 1000,
              state.outstanding(),
              ejected));
      before[0] = attempts;
      before[1] = failures;
    }
  }
}
