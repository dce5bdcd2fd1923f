package dev.meshagent.instrumentation.jdkhttpclient;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.instrumentation.jdkhttpclient.AttemptRace.End;
import org.junit.jupiter.api.Test;

class AttemptRaceTest {
  private final AttemptRace race = new AttemptRace();

  @Test
  void aTimerThatComesLateDoesNothing() {
    assertThat(race.ended()).isEqualTo(End.IN_TIME);
    assertThat(race.timedOut()).isFalse();
  }

  @Test
  void anAttemptThatWasBrokenOffGoesOnAtItsEnd() {
    assertThat(race.timedOut()).isTrue();
    assertThat(race.brokenOff()).isFalse();
    assertThat(race.ended()).isEqualTo(End.TIMED_OUT);
  }

  @Test
  void nothingGoesOnWhileTheTimerIsBreakingOff() {
    assertThat(race.timedOut()).isTrue();
    assertThat(race.ended()).isEqualTo(End.LEFT_TO_TIMER);
    assertThat(race.brokenOff()).isTrue();
  }
}
