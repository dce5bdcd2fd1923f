package dev.meshagent.controller.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.meshagent.controller.loop.VirtualLoop;
import dev.meshagent.engine.snapshot.ServiceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

final class EdgesTest {
  private static final ServiceId STOREFRONT = new ServiceId("default", "storefront");
  private static final ServiceId ORDERS = new ServiceId("default", "orders");

  private final VirtualLoop loop = new VirtualLoop();
  private final Edges edges = new Edges(loop);

  private static TelemetryReport calls(CallOutcome outcome, Histogram latency) {
    return new TelemetryReport(
        1000,
        List.of(
            new TelemetryReport.Series(
                ORDERS,
                "jdk-httpclient",
                outcome,
                latency.getTotalCount(),
                Optional.of(encode(latency)))),
        List.of(
            new TelemetryReport.EndpointStats(
                ORDERS, "a1", latency.getTotalCount(), 1, 500, false)),
        List.of(new TelemetryReport.ServiceStats(ORDERS, 2, 0)),
        Map.of(),
        0);
  }

  private static String encode(Histogram histogram) {
    return Base64.getEncoder().encodeToString(Latencies.pack(histogram));
  }

  private static TelemetryReport callsTo(String prefix, int services) {
    List<TelemetryReport.Series> series = new ArrayList<>();
    for (int i = 0; i < services; i++) {
      series.add(
          new TelemetryReport.Series(
              new ServiceId("default", prefix + i),
              "jdk-httpclient",
              CallOutcome.SUCCESS,
              1,
              Optional.of(encode(latencies(1000)))));
    }
    return new TelemetryReport(1000, series, List.of(), List.of(), Map.of(), 0);
  }

  @Test
  void oneCallerCannotTakeTheRoomOfAll() {
    edges.record(STOREFRONT, new Edges.Caller(), callsTo("a", 600));
    assertThat(edges.totals()).hasSize(Edges.MAX_EDGES_OF_CALLER);
    assertThat(edges.droppedSeries()).isEqualTo(100);
    edges.record(ORDERS, new Edges.Caller(), callsTo("a", 10));
    assertThat(edges.totals()).hasSize(Edges.MAX_EDGES_OF_CALLER + 10);
  }

  @Test
  void anEdgeThatIsIdleForAnHourMakesRoom() {
    edges.record(STOREFRONT, new Edges.Caller(), callsTo("a", 600));
    loop.pass(Duration.ofMinutes(30));
    edges.record(STOREFRONT, new Edges.Caller(), callsTo("a", 1));
    loop.pass(Duration.ofMinutes(30));
    edges.sweep();
    assertThat(edges.totals()).hasSize(1);
    edges.record(STOREFRONT, new Edges.Caller(), callsTo("b", 600));
    assertThat(edges.totals()).hasSize(Edges.MAX_EDGES_OF_CALLER);
  }

  @Test
  void latenciesThatTakeTooMuchRoomAreForgottenAndCallsAreNot() {
    Edges small = new Edges(loop, 2_000);
    Random random = new Random(3);
    for (int second = 0; second < 60; second++) {
      Histogram latency = new Histogram(2);
      for (int i = 0; i < 200; i++) {
        latency.recordValue(random.nextInt(1_000_000));
      }
      small.record(STOREFRONT, new Edges.Caller(), calls(CallOutcome.SUCCESS, latency));
      loop.pass(Duration.ofSeconds(1));
    }
    assertThat(small.summary(60).get(0).calls()).isEqualTo(60 * 200);
    assertThat(small.packedBytes()).isPositive().isLessThanOrEqualTo(2_000);
    loop.pass(Duration.ofSeconds(70));
    small.record(STOREFRONT, new Edges.Caller(), calls(CallOutcome.SUCCESS, latencies(5)));
    loop.pass(Duration.ofSeconds(1));
    assertThat(small.summary(1).get(0).p50Micros()).isEqualTo(5);
  }

  @Test
  void whatIsUnreadableIsSaidWithItsPlaceAndTheCountsAreKept() {
    TelemetryReport.Series bad =
        new TelemetryReport.Series(
            ORDERS, "jdk-httpclient", CallOutcome.SUCCESS, 120, Optional.of("AAAA"));
    List<String> unreadable =
        edges.record(
            STOREFRONT,
            new Edges.Caller(),
            new TelemetryReport(1000, List.of(bad), List.of(), List.of(), Map.of(), 0));
    assertThat(unreadable).singleElement().asString().startsWith("$.series[0].histogram: ");
    loop.pass(Duration.ofSeconds(1));
    assertThat(edges.summary(1).get(0).calls()).isEqualTo(120);
  }

  private static Histogram latencies(long... micros) {
    Histogram histogram = new Histogram(2);
    for (long value : micros) {
      histogram.recordValue(value);
    }
    return histogram;
  }

  @Test
  void histogramsOfAllCallersMergeExactly() {
    Random random = new Random(7);
    Histogram expected = new Histogram(2);
    for (int caller = 0; caller < 5; caller++) {
      Histogram own = new Histogram(2);
      for (int i = 0; i < 1000; i++) {
        long value = 100 + random.nextInt(100_000);
        own.recordValue(value);
        expected.recordValue(value);
      }
      edges.record(STOREFRONT, new Edges.Caller(), calls(CallOutcome.SUCCESS, own));
    }
    loop.pass(Duration.ofSeconds(1));
    EdgeSummary edge = edges.summary(1).get(0);
    assertThat(edge.calls()).isEqualTo(5000);
    assertThat(edge.perSecond()).isEqualTo(5000);
    assertThat(edge.p50Micros()).isEqualTo(expected.getValueAtPercentile(50));
    assertThat(edge.p99Micros()).isEqualTo(expected.getValueAtPercentile(99));
    assertThat(edge.retries()).isEqualTo(10);
    assertThat(edge.endpoints().get(0).share()).isCloseTo(1, within(1e-9));
  }

  @Test
  void outcomesAreCountedApartAndA4xxIsNoFailure() {
    Edges.Caller caller = new Edges.Caller();
    for (CallOutcome outcome : CallOutcome.values()) {
      edges.record(STOREFRONT, new Edges.Caller(), calls(outcome, latencies(1000)));
    }
    edges.record(STOREFRONT, caller, calls(CallOutcome.FAILURE, latencies(1000)));
    loop.pass(Duration.ofSeconds(1));
    EdgeSummary edge = edges.summary(1).get(0);
    assertThat(edge.successes()).isEqualTo(2);
    assertThat(edge.failures()).isEqualTo(3);
    assertThat(edge.byOutcome()).containsEntry("failure", 2L).containsEntry("client_error", 1L);
  }

  @Test
  void aCallerThatJittersAroundTheSecondFillsEverySecondOnce() {
    Edges.Caller caller = new Edges.Caller();
    long[] arrivals = {100, 1001, 1999, 3001, 3999, 5002, 5998, 7001};
    long now = 0;
    int seconds = 0;
    for (long arrival : arrivals) {
      loop.pass(Duration.ofMillis(arrival - now));
      now = arrival;
      edges.record(STOREFRONT, caller, calls(CallOutcome.SUCCESS, latencies(1000)));
      if (seconds++ >= 2) {
        assertThat(edges.summary(1).get(0).calls()).as("at " + arrival + " ms").isEqualTo(1);
      }
    }
  }

  @Test
  void secondsFallOutOfTheWindowAndStayInTheTotal() {
    edges.record(STOREFRONT, new Edges.Caller(), calls(CallOutcome.FAILURE, latencies(10, 20)));
    loop.pass(Duration.ofSeconds(60));
    assertThat(edges.summary(60).get(0).calls()).isEqualTo(2);
    loop.pass(Duration.ofSeconds(1));
    EdgeSummary edge = edges.summary(60).get(0);
    assertThat(edge.calls()).isZero();
    assertThat(edge.totalCalls()).isEqualTo(2);
    assertThat(edge.totalFailures()).isEqualTo(2);
  }

  @Test
  void aMinuteOfBusyEdgesTakesLittleMemory() {
    for (int second = 0; second < 130; second++) {
      edges.record(
          STOREFRONT, new Edges.Caller(), calls(CallOutcome.SUCCESS, latencies(second + 1)));
      loop.pass(Duration.ofSeconds(1));
    }
    assertThat(edges.summary(60).get(0).calls()).isEqualTo(60);
    assertThat(edges.summary(60).get(0).totalCalls()).isEqualTo(130);
  }
}
