package dev.meshagent.spi.drive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class RetryAfterTest {
  @Test
  void secondsAreHeeded() {
    assertThat(RetryAfter.nanos(503, " 2 ")).isEqualTo(2_000_000_000L);
    assertThat(RetryAfter.nanos(429, "0")).isZero();
    assertThat(RetryAfter.nanos(503, "-1")).isZero();
    assertThat(RetryAfter.nanos(503, "99999999999999")).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aDateIsATimeFromNow() {
    long now = 784_111_777_000L - 1_500;
    assertThat(RetryAfter.untilDate("Sun, 06 Nov 1994 08:49:37 GMT", now))
        .isEqualTo(TimeUnit.MILLISECONDS.toNanos(1_500));
    assertThat(RetryAfter.nanos(503, "Fri, 31 Dec 1999 23:59:59 GMT")).isZero();
    assertThat(RetryAfter.untilDate("Fri, 31 Dec 9999 23:59:59 GMT", now))
        .isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void whatAsksForNothingIsMinusOne() {
    assertThat(RetryAfter.nanos(503, null)).isEqualTo(-1);
    assertThat(RetryAfter.nanos(200, "2")).isEqualTo(-1);
    assertThat(RetryAfter.nanos(503, "soon")).isEqualTo(-1);
    assertThat(RetryAfter.nanos(503, "Sunday, 06-Nov-94 08:49:37 GMT")).isEqualTo(-1);
  }
}
