package dev.meshagent.controller.stream;

import dev.meshagent.controller.telemetry.CallOutcome;
import dev.meshagent.controller.telemetry.Latencies;
import dev.meshagent.controller.telemetry.TelemetryReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * Reads a telemetry frame. A histogram that cannot be read costs that histogram, not the
 * connection: telemetry may be lost, policy must not. Stateless.
 */
final class TelemetryReader {
  private static final int MAX_ELEMENTS = 20_000;
  private static final int MAX_HISTOGRAM = 512 * 1024;

  /** An interval's numbers are small; what is larger would only overflow sums. */
  private static final long MAX_COUNT = 1L << 40;

  private TelemetryReader() {}

  static TelemetryReport read(Place frame) throws MalformedFrame {
    List<String> problems = new ArrayList<>();
    List<TelemetryReport.Series> series = new ArrayList<>();
    for (Place place : frame.field("series").elements(MAX_ELEMENTS)) {
      series.add(
          new TelemetryReport.Series(
              place.field("service").service(),
              place.field("library").stringOr(""),
              CallOutcome.of(place.field("outcome").string()),
              count(place.field("count")),
              histogram(place.field("histogram"), problems)));
    }
    List<TelemetryReport.EndpointStats> endpoints = new ArrayList<>();
    for (Place place : frame.field("endpoints").elements(MAX_ELEMENTS)) {
      endpoints.add(
          new TelemetryReport.EndpointStats(
              place.field("service").service(),
              place.field("uid").string(),
              count(place.field("attempts")),
              count(place.field("failures")),
              count(place.field("ewmaMicros")),
              place.field("ejected").flag()));
    }
    List<TelemetryReport.ServiceStats> services = new ArrayList<>();
    for (Place place : frame.field("services").elements(MAX_ELEMENTS)) {
      services.add(
          new TelemetryReport.ServiceStats(
              place.field("service").service(),
              count(place.field("retries")),
              count(place.field("budgetExhausted"))));
    }
    Map<String, Long> counters = new TreeMap<>();
    for (var entry : frame.field("counters").fields(MAX_ELEMENTS).entrySet()) {
      counters.put(entry.getKey(), count(entry.getValue()));
    }
    return new TelemetryReport(
        frame.field("intervalMillis").integerOr(1000, 0, MAX_COUNT),
        series,
        endpoints,
        services,
        counters,
        problems);
  }

  private static long count(Place place) throws MalformedFrame {
    return place.integerOr(0, 0, MAX_COUNT);
  }

  private static Optional<Histogram> histogram(Place place, List<String> problems)
      throws MalformedFrame {
    if (place.absent()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Latencies.decode(place.string(MAX_HISTOGRAM)));
    } catch (IOException e) {
      problems.add(place.path() + ": " + e.getMessage());
      return Optional.empty();
    }
  }
}
