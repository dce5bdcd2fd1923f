package dev.meshagent.controller.telemetry;

import dev.meshagent.engine.snapshot.ServiceId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one agent tells of one interval of its calls.
 *
 * @param leftOut how many elements of the frame exceeded the protocol's limits; the rest holds
 */
public record TelemetryReport(
    long intervalMillis,
    List<Series> series,
    List<EndpointStats> endpoints,
    List<ServiceStats> services,
    Map<String, Long> counters,
    long leftOut) {

  /**
   * Calls to a service that ended alike.
   *
   * @param latencies in microseconds as the application saw them, still encoded, because decoded
   *     they can be a thousand times larger; see {@link Latencies#decode}; empty if not told
   */
  public record Series(
      ServiceId service,
      String library,
      CallOutcome outcome,
      long count,
      Optional<String> latencies) {}

  /** Attempts at one endpoint in the interval, and how it stands at its end. */
  public record EndpointStats(
      ServiceId service,
      String uid,
      long attempts,
      long failures,
      long ewmaMicros,
      boolean ejected) {}

  /** Calls to a service in the interval. */
  public record ServiceStats(ServiceId service, long retries, long budgetExhausted) {}
}
