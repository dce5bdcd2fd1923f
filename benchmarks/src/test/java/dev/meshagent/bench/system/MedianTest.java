package dev.meshagent.bench.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MedianTest {
  private final Median median = new Median();

  @Test
  void isTheMiddleOneOfAnOddNumber() {
    List.of(9.0, 1.0, 5.0).forEach(median::add);
    assertThat(median.value()).isEqualTo(5);
    assertThat(median.least()).isEqualTo(1);
    assertThat(median.most()).isEqualTo(9);
  }

  @Test
  void isBetweenTheTwoMiddleOnesOfAnEvenNumber() {
    List.of(4.0, 1.0, 9.0, 2.0).forEach(median::add);
    assertThat(median.value()).isEqualTo(3);
  }

  @Test
  void aPartIsBelowWhatItIsAskedFor() {
    List.of(4.0, 1.0, 3.0, 2.0).forEach(median::add);
    assertThat(median.part(0)).isEqualTo(1);
    assertThat(median.part(0.25)).isEqualTo(2);
    assertThat(median.part(0.75)).isEqualTo(4);
    assertThat(median.part(1)).isEqualTo(4);
  }
}
