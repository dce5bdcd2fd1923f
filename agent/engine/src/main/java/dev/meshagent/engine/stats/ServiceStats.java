package dev.meshagent.engine.stats;

import dev.meshagent.engine.snapshot.ServiceId;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What is counted of one service as long as the process lives, whatever snapshots come and go.
 * Counting takes no lock; taking an interval is for one caller at a time.
 */
public final class ServiceStats {
  private final ServiceId service;
  private final ConcurrentHashMap<String, CallStats> byRouteAndSubset = new ConcurrentHashMap<>();

  /** Attempts after the first. */
  public final LongAdder retries = new LongAdder();

  /** Retries that were due but that the budget forbade. */
  public final LongAdder budgetExhausted = new LongAdder();

  public ServiceStats(ServiceId service) {
    this.service = service;
  }

  /** The latencies of a route and a subset; to be kept rather than asked for at each call. */
  public CallStats of(String route, String subset) {
    String key = route + '\0' + subset;
    CallStats stats = byRouteAndSubset.get(key);
    if (stats == null) {
      CallStats made = new CallStats(service, route, subset);
      stats = byRouteAndSubset.putIfAbsent(key, made);
      stats = stats == null ? made : stats;
    }
    return stats;
  }

  /**
   * Moves what happened since the last time into a report's lists.
   *
   * @param firstAttempts attempts begun since then that were the first of their call
   */
  public void takeInto(
      List<IntervalReport.Series> series,
      List<IntervalReport.ServiceInterval> services,
      long firstAttempts,
      Scratch scratch) {
    int before = series.size();
    for (CallStats stats : byRouteAndSubset.values()) {
      stats.takeInto(series, scratch);
    }
    // Every call that ended is in exactly one histogram.
    long callsNow = 0;
    for (IntervalReport.Series each : series.subList(before, series.size())) {
      callsNow += each.count;
    }
    long retriesNow = retries.sumThenReset();
    long attemptsNow = firstAttempts + retriesNow;
    long exhaustedNow = budgetExhausted.sumThenReset();
    if (callsNow + attemptsNow + retriesNow + exhaustedNow > 0) {
      services.add(
          new IntervalReport.ServiceInterval(
              service, callsNow, attemptsNow, retriesNow, exhaustedNow));
    }
  }
}
