package dev.meshagent.runtime.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.stats.IntervalReport;
import dev.meshagent.engine.stats.OutcomeClass;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class TelemetryTest {
  private static final ServiceId ORDERS = ServiceId.parse("default/orders");
  private static final IntervalReport NOTHING =
      new IntervalReport(
          Collections.<IntervalReport.Series>emptyList(),
          Collections.<IntervalReport.EndpointInterval>emptyList(),
          Collections.<IntervalReport.ServiceInterval>emptyList());

  private final AgentErrors errors = new AgentErrors();
  private final List<ServiceId> called = new ArrayList<>();
  private IntervalReport report = NOTHING;
  private long nanos = -5_000_000_000L;
  private final Telemetry telemetry =
      new Telemetry(
          new Telemetry.Source() {
            @Override
            public IntervalReport takeInterval() {
              return report;
            }

            @Override
            public long nanos() {
              return nanos;
            }

            @Override
            public void called(ServiceId service) {
              called.add(service);
            }
          },
          errors);

  @Test
  void aQuietIntervalIsNotTold() {
    assertThat(telemetry.take(0)).isNull();
  }

  @Test
  void callsAreToldAsTheProtocolHasIt() throws Exception {
    Histogram histogram = new Histogram(3);
    histogram.recordValue(812);
    report =
        new IntervalReport(
            Collections.singletonList(
                new IntervalReport.Series(
                    ORDERS, "", "", OutcomeClass.SUCCESS, "jdk-httpclient", histogram)),
            Collections.singletonList(
                new IntervalReport.EndpointInterval(ORDERS, "u2", 40, 1, 812, 1, false)),
            Collections.singletonList(new IntervalReport.ServiceInterval(ORDERS, 120, 121, 1, 0)));
    nanos += 1_002_000_000L;
    String frame = telemetry.take(0);
    assertThat(frame)
        .startsWith("{\"type\":\"telemetry\",\"intervalMillis\":1002,")
        .contains(
            "\"outcome\":\"success\",\"library\":\"jdk-httpclient\",\"count\":1,\"histogram\":\"",
            "\"endpoints\":[{\"service\":\"default/orders\",\"uid\":\"u2\",\"attempts\":40,\"failures\":1,"
                + "\"ewmaMicros\":812,\"outstanding\":1,\"ejected\":false}]",
            "\"services\":[{\"service\":\"default/orders\",\"calls\":120,\"attempts\":121,\"retries\":1,"
                + "\"budgetExhausted\":0}]")
        .endsWith("\"counters\":{\"agentErrors\":0,\"unknownFields\":0}}");
    String encoded = frame.replaceAll(".*\"histogram\":\"([^\"]*)\".*", "$1");
    Histogram decoded =
        Histogram.decodeFromCompressedByteBuffer(
            ByteBuffer.wrap(Base64.getDecoder().decode(encoded)), 0);
    assertThat(decoded.getTotalCount()).isEqualTo(1);
    assertThat(called).containsExactly(ORDERS);
  }

  @Test
  void eachSeriesOfAFrameHasItsOwnHistogram() throws Exception {
    List<IntervalReport.Series> series = new ArrayList<>();
    for (int calls : new int[] {3, 20_000, 1}) {
      Histogram histogram = new Histogram(2);
      for (int i = 0; i < calls; i++) {
        histogram.recordValue(1 + i);
      }
      series.add(
          new IntervalReport.Series(ORDERS, "", "", OutcomeClass.SUCCESS, "okhttp", histogram));
    }
    report =
        new IntervalReport(
            series,
            Collections.<IntervalReport.EndpointInterval>emptyList(),
            Collections.<IntervalReport.ServiceInterval>emptyList());
    String[] parts = telemetry.take(0).split("\"histogram\":\"", -1);
    assertThat(parts).hasSize(4);
    for (int i = 0; i < 3; i++) {
      byte[] encoded = Base64.getDecoder().decode(parts[i + 1].replaceAll("\".*", ""));
      Histogram decoded = Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(encoded), 0);
      assertThat(decoded.getTotalCount()).isEqualTo(series.get(i).count);
      assertThat(decoded.getMaxValue()).isEqualTo(series.get(i).histogram.getMaxValue());
    }
  }

  @Test
  void aFrameHoldsNoMoreThanTheControllerTakes() {
    Histogram wide = new Histogram(3);
    for (long value = 1; value < 60_000_000L; value += 1 + value / 100) {
      wide.recordValue(value);
    }
    report =
        new IntervalReport(
            Collections.nCopies(
                3_000,
                new IntervalReport.Series(
                    ORDERS, "", "", OutcomeClass.SUCCESS, "jdk-httpclient", wide)),
            Collections.nCopies(
                20_000, new IntervalReport.EndpointInterval(ORDERS, "u2", 40, 1, 812, 1, false)),
            Collections.nCopies(3_000, new IntervalReport.ServiceInterval(ORDERS, 120, 121, 1, 0)));
    String frame = telemetry.take(0);
    assertThat(frame.length()).isLessThan(4 << 20);
    assertThat(frame.split("\"ejected\"", -1)).hasSize(5_001);
    assertThat(frame.split("\"retries\"", -1)).hasSize(1_001);
    assertThat(frame.split("\"histogram\"", -1).length).isBetween(100, 1_001);
  }

  @Test
  void errorsAndUnknownFieldsAreToldOnce() {
    errors.count("here", new IllegalStateException("expected by the test"));
    errors.count("here", new IllegalStateException("expected by the test"));
    assertThat(telemetry.take(3)).endsWith("\"counters\":{\"agentErrors\":2,\"unknownFields\":3}}");
    assertThat(telemetry.take(3)).isNull();
    assertThat(errors.at("here")).isEqualTo(2);
  }
}
