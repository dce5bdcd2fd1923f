package dev.meshagent.engine.stats;

import static org.assertj.core.api.Assertions.assertThat;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

final class LatencyRecorderTest {
  private final Scratch scratch = new Scratch();
  private final LatencyRecorder recorder = new LatencyRecorder();

  @Test
  void eachIntervalHoldsWhatWasRecordedInIt() {
    recorder.record(10);
    recorder.record(10);
    Histogram first = recorder.takeInterval(scratch);
    recorder.record(50);
    Histogram second = recorder.takeInterval(scratch);
    recorder.record(20);
    Histogram third = recorder.takeInterval(scratch);
    assertThat(recorder.takeInterval(scratch)).isNull();
    assertThat(counts(first, 10, 20, 50)).containsExactly(2, 0, 0);
    assertThat(counts(second, 10, 20, 50)).containsExactly(0, 0, 1);
    assertThat(counts(third, 10, 20, 50)).containsExactly(0, 1, 0);
  }

  @Test
  void recordersThatAreTakenWithOneScratchKeepApart() {
    LatencyRecorder other = new LatencyRecorder();
    for (int round = 1; round <= 3; round++) {
      recorder.record(10);
      other.record(20);
      other.record(20);
      assertThat(counts(recorder.takeInterval(scratch), 10, 20)).containsExactly(1, 0);
      assertThat(counts(other.takeInterval(scratch), 10, 20)).containsExactly(0, 2);
    }
  }

  private static long[] counts(Histogram histogram, long... micros) {
    long[] counts = new long[micros.length];
    long all = 0;
    for (int i = 0; i < micros.length; i++) {
      counts[i] = histogram.getCountAtValue(micros[i]);
      all += counts[i];
    }
    assertThat(histogram.getTotalCount()).isEqualTo(all);
    return counts;
  }
}
