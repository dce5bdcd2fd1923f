package dev.meshagent.controller.telemetry;

import dev.meshagent.engine.snapshot.ServiceId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * One edge over some whole seconds.
 *
 * @param successes answered as it should be, 4xx included: the caller's fault is not the service's
 * @param failures server errors and calls without an answer; cancelled calls are neither
 * @param p50Micros 0 if there was no call
 * @param retries of this pair of services, whatever the library
 * @param endpoints of this pair of services, whatever the library
 * @param totalCalls since the controller started, or since the edge was idle for an hour
 */
public record EdgeSummary(
    ServiceId from,
    ServiceId to,
    String library,
    long calls,
    double perSecond,
    long successes,
    long failures,
    Map<String, Long> byOutcome,
    long p50Micros,
    long p99Micros,
    long retries,
    List<EndpointSummary> endpoints,
    long totalCalls,
    long totalFailures) {

  /**
   * @param share of all attempts of the pair, 0 to 1
   */
  public record EndpointSummary(
      String uid, long attempts, double share, long failures, long ewmaMicros, boolean ejected) {}

  static EdgeSummary of(EdgeKey key, int seconds, Tally tally, PairTally pair, EdgeTotal total) {
    Map<String, Long> byOutcome = new LinkedHashMap<>();
    tally.byOutcome.forEach((outcome, calls) -> byOutcome.put(outcome.word(), calls));
    long attempts = Math.max(1, pair.attempts());
    List<EndpointSummary> endpoints = new ArrayList<>();
    pair.byEndpoint.forEach(
        (uid, a) ->
            endpoints.add(
                new EndpointSummary(
                    uid,
                    a.attempts,
                    (double) a.attempts / attempts,
                    a.failures,
                    a.ewmaMicros(),
                    a.ejected)));
    Histogram latency = tally.latencyMicros();
    return new EdgeSummary(
        key.from(),
        key.to(),
        key.library(),
        tally.calls(),
        (double) tally.calls() / seconds,
        tally.successes(),
        tally.failures(),
        byOutcome,
        latency.getValueAtPercentile(50),
        latency.getValueAtPercentile(99),
        pair.retries,
        endpoints,
        total.calls(),
        total.failures());
  }
}
