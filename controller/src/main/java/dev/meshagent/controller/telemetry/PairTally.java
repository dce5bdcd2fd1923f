package dev.meshagent.controller.telemetry;

import java.util.Map;
import java.util.TreeMap;

/** Retries and attempts from one service to another within some time. Runs on the loop. */
final class PairTally {
  /** More endpoints than this of one pair are not told apart. */
  private static final int MAX_ENDPOINTS = 4096;

  final Map<String, Attempts> byEndpoint = new TreeMap<>();
  long retries;

  /**
   * @param room whether an endpoint may be added
   * @return whether one was
   */
  boolean add(TelemetryReport.EndpointStats stats, boolean room) {
    int before = byEndpoint.size();
    if (room && before < MAX_ENDPOINTS || byEndpoint.containsKey(stats.uid())) {
      Attempts attempts = byEndpoint.computeIfAbsent(stats.uid(), uid -> new Attempts());
      long weight = Math.max(1, stats.attempts());
      attempts.attempts += stats.attempts();
      attempts.failures += stats.failures();
      attempts.ewmaWeight += weight;
      attempts.ewmaSum += (double) weight * stats.ewmaMicros();
      attempts.ejected |= stats.ejected();
    }
    return byEndpoint.size() > before;
  }

  void addTo(PairTally sum) {
    sum.retries += retries;
    byEndpoint.forEach(
        (uid, attempts) ->
            attempts.addTo(sum.byEndpoint.computeIfAbsent(uid, key -> new Attempts())));
  }

  long attempts() {
    return byEndpoint.values().stream().mapToLong(attempts -> attempts.attempts).sum();
  }

  /** Of one endpoint, by all callers of the pair. */
  static final class Attempts {
    long attempts;
    long failures;
    boolean ejected;
    private double ewmaSum;
    private long ewmaWeight;

    private void addTo(Attempts sum) {
      sum.attempts += attempts;
      sum.failures += failures;
      sum.ewmaSum += ewmaSum;
      sum.ewmaWeight += ewmaWeight;
      // Later seconds are added last: theirs is the present state.
      sum.ejected = ejected;
    }

    /** Mean of what the callers measure, weighted by their attempts. */
    long ewmaMicros() {
      return ewmaWeight == 0 ? 0 : Math.round(ewmaSum / ewmaWeight);
    }
  }
}
