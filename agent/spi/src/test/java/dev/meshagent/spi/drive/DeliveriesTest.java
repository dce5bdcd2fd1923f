package dev.meshagent.spi.drive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Step;
import org.junit.jupiter.api.Test;

final class DeliveriesTest {
  private final Deliveries deliveries = new Deliveries();
  private int released;

  @Test
  void anAttemptIsReleasedOnceWhenItsConnectionIsGivenUp() {
    Object hold = new Object();
    deliveries.begun(hold, new Releasing(), null);
    deliveries.ended(new Object());
    assertThat(released).isZero();
    deliveries.ended(hold);
    deliveries.ended(hold);
    assertThat(released).isEqualTo(1);
  }

  private final class Releasing implements MeshCall {
    @Override
    public Step next() {
      return Step.PASS;
    }

    @Override
    public Verdict finish(Attempt attempt, Outcome outcome) {
      return Verdict.DELIVER;
    }

    @Override
    public Verdict broken(Attempt attempt, Outcome outcome) {
      return Verdict.DISCARD;
    }

    @Override
    public void release(Attempt attempt) {
      released++;
    }

    @Override
    public void cancel() {}
  }
}
