package dev.meshagent.engine.call;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OutcomeTest {
  @Test
  void aPlainAnswerIsMadeOnce() {
    assertThat(Outcome.response(204, -1)).isSameAs(Outcome.response(204, -1));
    assertThat(Outcome.response(204, -1, true)).isSameAs(Outcome.response(204, -1, true));
  }

  @Test
  void plainAnswersSayTheirStatusAndWhetherTheyAreMultiplexed() {
    for (int status : new int[] {0, 100, 200, 404, 599, 600, 999, -1}) {
      Outcome alone = Outcome.response(status, -1);
      assertThat(alone.status).isEqualTo(status);
      assertThat(alone.multiplexed).isFalse();
      assertThat(alone.retryAfterNanos).isEqualTo(-1);
      assertThat(alone.failure).isEqualTo(Outcome.Failure.NONE);
      assertThat(alone.grpcStatus).isEqualTo(-1);
      Outcome among = Outcome.response(status, -1, true);
      assertThat(among.status).isEqualTo(status);
      assertThat(among.multiplexed).isTrue();
    }
  }

  @Test
  void anAnswerWithRetryAfterIsNotTakenForOneWithout() {
    Outcome later = Outcome.response(503, 5);
    assertThat(later.retryAfterNanos).isEqualTo(5);
    assertThat(Outcome.response(503, -1).retryAfterNanos).isEqualTo(-1);
    assertThat(Outcome.response(503, 7).retryAfterNanos).isEqualTo(7);
  }
}
