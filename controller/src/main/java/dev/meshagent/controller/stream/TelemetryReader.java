package dev.meshagent.controller.stream;

import dev.meshagent.controller.telemetry.CallOutcome;
import dev.meshagent.controller.telemetry.TelemetryReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads a telemetry frame. What exceeds the limits costs itself, not the connection: telemetry may
 * be lost, policy must not. Histograms stay encoded. Stateless.
 */
final class TelemetryReader {
  private static final int MAX_SERIES = 1_000;
  private static final int MAX_ENDPOINTS = 5_000;
  private static final int MAX_SERVICES = 1_000;
  private static final int MAX_COUNTERS = 100;
  private static final int MAX_NAME = 64;

  /** An interval's numbers are small; what is larger would only overflow sums. */
  private static final long MAX_COUNT = 1L << 40;

  private TelemetryReader() {}

  static TelemetryReport read(Place frame) throws MalformedFrame {
    List<TelemetryReport.Series> series = new ArrayList<>();
    for (Place place : frame.field("series").firstElements(MAX_SERIES)) {
      Place histogram = place.field("histogram");
      series.add(
          new TelemetryReport.Series(
              place.field("service").service(),
              place.field("library").absent() ? "" : place.field("library").string(MAX_NAME),
              CallOutcome.of(place.field("outcome").string()),
              count(place.field("count")),
              histogram.absent()
                  ? Optional.empty()
                  : Optional.of(histogram.string(FrameReader.MAX_FRAME))));
    }
    List<TelemetryReport.EndpointStats> endpoints = new ArrayList<>();
    for (Place place : frame.field("endpoints").firstElements(MAX_ENDPOINTS)) {
      endpoints.add(
          new TelemetryReport.EndpointStats(
              place.field("service").service(),
              place.field("uid").string(MAX_NAME),
              count(place.field("attempts")),
              count(place.field("failures")),
              count(place.field("ewmaMicros")),
              place.field("ejected").flag()));
    }
    List<TelemetryReport.ServiceStats> services = new ArrayList<>();
    for (Place place : frame.field("services").firstElements(MAX_SERVICES)) {
      services.add(
          new TelemetryReport.ServiceStats(
              place.field("service").service(),
              count(place.field("retries")),
              count(place.field("budgetExhausted"))));
    }
    Map<String, Long> counters = new TreeMap<>();
    Place counted = frame.field("counters");
    for (var entry : counted.fields(Integer.MAX_VALUE).entrySet()) {
      if (counters.size() < MAX_COUNTERS && entry.getKey().length() <= MAX_NAME) {
        counters.put(entry.getKey(), count(entry.getValue()));
      }
    }
    long leftOut =
        frame.field("series").value().size()
            - series.size()
            + frame.field("endpoints").value().size()
            - endpoints.size()
            + frame.field("services").value().size()
            - services.size()
            + counted.value().size()
            - counters.size();
    return new TelemetryReport(
        frame.field("intervalMillis").integerOr(1000, 0, MAX_COUNT),
        series,
        endpoints,
        services,
        counters,
        leftOut);
  }

  private static long count(Place place) throws MalformedFrame {
    return place.integerOr(0, 0, MAX_COUNT);
  }
}
