package dev.meshagent.engine.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.snapshot.policy.EjectionPolicy;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Envoy's documentation of outlier detection, as a table. */
final class EjectionStateTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private static EjectionPolicy policy(int fiveXx, int gateway, int local, boolean split) {
    return new EjectionPolicy(
        fiveXx, gateway, local, split, 10 * SECOND, 30 * SECOND, 300 * SECOND, 100, 0);
  }

  private static Outcome outcome(String text) {
    if (text.startsWith("g")) {
      return Outcome.grpc(Integer.parseInt(text.substring(1)), -1);
    }
    return Character.isDigit(text.charAt(0))
        ? Outcome.response(Integer.parseInt(text), -1)
        : Outcome.failure(Failure.valueOf(text), null);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // consecutive 5xx, gateway, local, split | outcomes | ejected at the last
        "3 0 0 false | 500 500 500 | true",
        "3 0 0 false | 500 503 502 | true",
        "3 0 0 false | 500 500 200 500 | false",
        "3 0 0 false | 500 500 404 500 | false",
        "3 0 0 false | CONNECT RESET TIMEOUT | true",
        "3 0 0 true  | CONNECT RESET TIMEOUT | false",
        "0 3 0 false | 502 503 504 | true",
        "0 3 0 false | 503 503 500 503 | false",
        "0 3 0 false | 503 CONNECT 504 | true",
        "0 3 0 true  | 503 CONNECT 504 | false",
        "0 0 3 true  | CONNECT TIMEOUT RESET | true",
        "0 0 3 true  | CONNECT CONNECT 200 CONNECT | false",
        "0 0 3 true  | CONNECT CONNECT 500 CONNECT | false",
        "3 0 0 false | g14 g14 g14 | true",
        "3 0 0 false | g13 g2 g15 | true",
        "0 3 0 false | g14 g14 g4 | true",
        "0 3 0 false | g13 g13 g13 | false",
        "3 3 3 false | CANCELLED OTHER REFUSED_STREAM CANCELLED | false",
        "3 0 0 false | 500 500 CANCELLED 500 | true",
        "0 0 0 false | 500 500 500 500 500 500 | false",
        "0 0 0 false | CONNECT CONNECT CONNECT CONNECT | false",
      })
  void consecutiveErrorsEject(String limits, String outcomes, boolean ejected) {
    String[] parts = limits.trim().split(" +");
    EjectionPolicy policy =
        policy(
            Integer.parseInt(parts[0]),
            Integer.parseInt(parts[1]),
            Integer.parseInt(parts[2]),
            Boolean.parseBoolean(parts[3]));
    EjectionState state = new EjectionState();
    boolean last = false;
    for (String each : outcomes.trim().split(" +")) {
      last = state.count(EjectionState.sign(outcome(each)), policy, 0);
    }
    assertThat(last).isEqualTo(ejected);
  }

  @Test
  void eachFurtherEjectionLastsLongerUpToTheMaximum() {
    EjectionPolicy policy = policy(1, 0, 0, false);
    EjectionState state = new EjectionState();
    long now = 0;
    for (long seconds : new long[] {30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300}) {
      state.eject(now, policy);
      assertThat(state.ejected(now + seconds * SECOND - 1)).isTrue();
      assertThat(state.ejected(now + seconds * SECOND)).isFalse();
      now += seconds * SECOND;
    }
  }

  @Test
  void aHealthyIntervalTakesOneEjectionBack() {
    EjectionPolicy policy = policy(1, 0, 0, false);
    EjectionState state = new EjectionState();
    state.eject(0, policy);
    state.eject(30 * SECOND, policy);
    long back = 90 * SECOND;
    state.count(EjectionState.Sign.GOOD, policy, back);
    long later = back + 10 * SECOND;
    state.eject(later, policy);
    assertThat(state.ejected(later + 60 * SECOND - 1)).isTrue();
    assertThat(state.ejected(later + 60 * SECOND)).isFalse();
  }

  @Test
  void afterItsTimeASingleCallProbes() {
    EjectionPolicy policy = policy(1, 0, 0, false);
    EjectionState state = new EjectionState();
    state.eject(0, policy);
    assertThat(state.admits(29 * SECOND, 0)).isFalse();
    assertThat(state.admits(30 * SECOND, 0)).isTrue();
    assertThat(state.admits(30 * SECOND, 1)).isFalse();
    assertThat(state.count(EjectionState.Sign.SERVER_ERROR, policy(5, 0, 0, false), 30 * SECOND))
        .as("one error of a probe is enough")
        .isTrue();
    state.count(EjectionState.Sign.GOOD, policy, 30 * SECOND);
    assertThat(state.admits(30 * SECOND, 9)).isTrue();
  }

  @Test
  void anAnswerFromBeforeTheEjectionIsNoProbe() {
    EjectionPolicy policy = policy(1, 0, 0, false);
    EjectionState state = new EjectionState();
    state.eject(0, policy);
    state.count(EjectionState.Sign.GOOD, policy, SECOND);
    assertThat(state.ejected(2 * SECOND)).isTrue();
  }
}
