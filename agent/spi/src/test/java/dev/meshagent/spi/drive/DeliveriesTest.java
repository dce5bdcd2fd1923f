package dev.meshagent.spi.drive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Step;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DeliveriesTest {
  private final Deliveries deliveries = new Deliveries();
  private int released;

  @Test
  void anAttemptIsReleasedOnceWhenItsConnectionIsGivenUp() {
    Object hold = new Object();
    deliveries.begun(new Held(hold));
    deliveries.ended(new Object());
    assertThat(released).isZero();
    deliveries.ended(hold);
    deliveries.ended(hold);
    assertThat(released).isEqualTo(1);
  }

  @Test
  void eachOfManyIsReleasedForItself() {
    List<Object> holds = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      holds.add(new Object());
      deliveries.begun(new Held(holds.get(i)));
    }
    for (int i = 0; i < holds.size(); i++) {
      deliveries.ended(holds.get(i));
      assertThat(released).isEqualTo(i + 1);
    }
    holds.forEach(deliveries::ended);
    assertThat(released).isEqualTo(1_000);
  }

  private final class Held implements Deliveries.Delivery {
    private final Object hold;

    Held(Object hold) {
      this.hold = hold;
    }

    @Override
    public MeshCall call() {
      return new Releasing();
    }

    @Override
    public Attempt attempt() {
      return null;
    }

    @Override
    public Object hold() {
      return hold;
    }
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
