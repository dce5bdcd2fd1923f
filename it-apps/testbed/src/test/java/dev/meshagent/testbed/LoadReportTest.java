package dev.meshagent.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadReportTest {

  @Test
  void isWhatTheLastSummarySays() {
    LoadReport report =
        LoadReport.of(
            List.of(
                "load: 10 GET, 2 POST, 0 failed",
                "failed: POST begun 2026-01-02T03:04:05.678Z http://orders/x java.io.IOException: y",
                "load: 20 GET, 5 POST, 1 failed"));

    assertThat(report.gets()).isEqualTo(20);
    assertThat(report.posts()).isEqualTo(5);
    assertThat(report.calls()).isEqualTo(25);
    assertThat(report.failed()).isEqualTo(1);
    assertThat(report.failures())
        .containsExactly(
            new LoadReport.Failure(
                "POST",
                Instant.parse("2026-01-02T03:04:05.678Z"),
                "http://orders/x java.io.IOException: y"));
  }

  @Test
  void beforeTheFirstSummaryNothingWasCalled() {
    assertThat(LoadReport.of(List.of("mesh-agent: hello")))
        .isEqualTo(new LoadReport(0, 0, 0, List.of()));
  }
}
