package dev.meshagent.runtime.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VerdictTest {
  private static Verdict verdict(int successes, int failures, Boolean before) {
    Probe.Builder probe = new Probe.Builder();
    probe.successThreshold = successes;
    probe.failureThreshold = failures;
    return new Verdict(probe.build(), before);
  }

  @Test
  void takesSoManyOnEndToTurn() {
    Verdict verdict = verdict(2, 3, null);
    assertThat(verdict.note(true)).isFalse();
    assertThat(verdict.ready()).isNull();
    assertThat(verdict.note(true)).isTrue();
    assertThat(verdict.ready()).isTrue();
    assertThat(verdict.note(true)).as("no news").isFalse();
    verdict.note(false);
    verdict.note(false);
    verdict.note(true);
    verdict.note(false);
    assertThat(verdict.note(false)).isFalse();
    assertThat(verdict.note(false)).isTrue();
    assertThat(verdict.ready()).isFalse();
  }

  @Test
  void goesOnFromWhatAnotherProbeFound() {
    Verdict verdict = verdict(1, 2, true);
    assertThat(verdict.note(true)).isFalse();
    assertThat(verdict.note(false)).isFalse();
    assertThat(verdict.ready()).isTrue();
    assertThat(verdict.note(false)).isTrue();
    assertThat(verdict.ready()).isFalse();
  }
}
