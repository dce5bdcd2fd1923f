package dev.meshagent.controller.telemetry;

import dev.meshagent.engine.snapshot.ServiceId;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Unit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One scrape, gathered from the state as it stands and written as Prometheus text. A new one is
 * made for each scrape, on the loop.
 */
public final class MeshMetrics {
  private static final double MICROS_PER_SECOND = 1e6;

  private final List<MetricSnapshot> snapshots = new ArrayList<>();

  public MeshMetrics gauge(String name, String help, double value) {
    snapshots.add(
        GaugeSnapshot.builder()
            .name(name)
            .help(help)
            .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder().value(value).build())
            .build());
    return this;
  }

  /** One gauge with one label. */
  public MeshMetrics gauges(String name, String help, String label, Map<String, Long> values) {
    GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
    values.forEach(
        (key, value) ->
            gauge.dataPoint(
                GaugeSnapshot.GaugeDataPointSnapshot.builder()
                    .labels(Labels.of(label, key))
                    .value(value)
                    .build()));
    snapshots.add(gauge.build());
    return this;
  }

  public MeshMetrics counter(String name, String help, double value) {
    snapshots.add(
        CounterSnapshot.builder()
            .name(name)
            .help(help)
            .dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder().value(value).build())
            .build());
    return this;
  }

  /** One counter with one label. */
  public MeshMetrics counters(String name, String help, String label, Map<String, Long> values) {
    CounterSnapshot.Builder counter = CounterSnapshot.builder().name(name).help(help);
    values.forEach(
        (key, value) ->
            counter.dataPoint(
                CounterSnapshot.CounterDataPointSnapshot.builder()
                    .labels(Labels.of(label, key))
                    .value(value)
                    .build()));
    snapshots.add(counter.build());
    return this;
  }

  /** Calls and latency of every edge. */
  public MeshMetrics edges(Edges edges) {
    CounterSnapshot.Builder calls =
        CounterSnapshot.builder()
            .name("mesh_edge_calls")
            .help("Calls from one service to another as the applications saw them.");
    HistogramSnapshot.Builder latency =
        HistogramSnapshot.builder()
            .name("mesh_edge_latency_seconds")
            .unit(Unit.SECONDS)
            .help("Latency of calls from one service to another as the applications saw it.");
    edges
        .totals()
        .forEach(
            (key, total) -> {
              total
                  .byOutcome()
                  .forEach(
                      (outcome, count) ->
                          calls.dataPoint(
                              CounterSnapshot.CounterDataPointSnapshot.builder()
                                  .labels(labels(key).merge(Labels.of("outcome", outcome.word())))
                                  .value(count)
                                  .build()));
              latency.dataPoint(
                  HistogramSnapshot.HistogramDataPointSnapshot.builder()
                      .labels(labels(key))
                      .classicHistogramBuckets(buckets(total.buckets()))
                      .sum(total.sumMicros() / MICROS_PER_SECOND)
                      .build());
            });
    snapshots.add(calls.build());
    snapshots.add(latency.build());
    return counter(
        "mesh_telemetry_dropped_series",
        "Series of agents left out because there were too many edges.",
        edges.droppedSeries());
  }

  private static Labels labels(EdgeKey key) {
    ServiceId from = key.from();
    ServiceId to = key.to();
    return Labels.of(
        "source_namespace", from.namespace,
        "source_service", from.name,
        "destination_namespace", to.namespace,
        "destination_service", to.name,
        "library", key.library());
  }

  private static ClassicHistogramBuckets buckets(long[] counts) {
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    for (int i = 0; i < counts.length; i++) {
      double bound =
          i < EdgeTotal.BOUNDS_MICROS.length
              ? EdgeTotal.BOUNDS_MICROS[i] / MICROS_PER_SECOND
              : Double.POSITIVE_INFINITY;
      buckets.bucket(bound, counts[i]);
    }
    return buckets.build();
  }

  /** The Prometheus text format, version 0.0.4. */
  public String text() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      PrometheusTextFormatWriter.create()
          .write(out, MetricSnapshots.of(snapshots.toArray(MetricSnapshot[]::new)));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot happen: this writes to memory", e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
