package dev.meshagent.controller.telemetry;

import dev.meshagent.engine.snapshot.ServiceId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/**
 * What one agent tells of one interval of its calls.
 *
 * @param problems what of it could not be read, each with its place; the rest holds
 */
public record TelemetryReport(
    long intervalMillis,
    List<Series> series,
    List<EndpointStats> endpoints,
    List<ServiceStats> services,
    Map<String, Long> counters,
    List<String> problems) {

  /**
   * Calls to a service that ended alike.
   *
   * @param latencyMicros as the application saw them; empty if not told
   */
  public record Series(
      ServiceId service,
      String library,
      CallOutcome outcome,
      long count,
      Optional<Histogram> latencyMicros) {}

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
