package dev.meshagent.instrumentation.reactornetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In which order things are done that come at the same time. */
class SerialTest {
  private final Serial serial = new Serial(false);
  private final List<String> done = new ArrayList<>();

  @Test
  void aTaskIsRunAtOnceWhereNothingIsBeingDone() {
    serial.inTurn(() -> done.add("task"));
    assertThat(done).containsExactly("task");
    assertThat(serial.enter()).isTrue();
  }

  @Test
  void tasksWaitForTheEndOfWhatHasBegun() {
    assertThat(serial.enter()).isTrue();
    assertThat(serial.enter()).isFalse();
    serial.inTurn(() -> done.add("first"));
    serial.inTurn(() -> done.add("second"));
    assertThat(done).isEmpty();
    serial.leave();
    assertThat(done).containsExactly("first", "second");
    assertThat(serial.enter()).isTrue();
  }

  @Test
  void tasksWaitForTheEndOfOneThatWasMadeEntered() {
    Serial entered = new Serial(true);
    assertThat(entered.enter()).isFalse();
    entered.inTurn(() -> done.add("task"));
    assertThat(done).isEmpty();
    entered.leave();
    assertThat(done).containsExactly("task");
  }

  @Test
  void whatATaskBringsIsRunAfterIt() {
    serial.inTurn(
        () -> {
          serial.inTurn(() -> done.add("brought"));
          done.add("task");
        });
    assertThat(done).containsExactly("task", "brought");
  }

  @Test
  void aTaskThatThrowsKeepsNoOtherFromBeingRun() {
    IllegalStateException thrown = new IllegalStateException("on purpose");
    assertThat(serial.enter()).isTrue();
    serial.inTurn(
        () -> {
          throw thrown;
        });
    serial.inTurn(() -> done.add("next"));
    assertThatThrownBy(serial::leave).isSameAs(thrown);
    assertThat(done).containsExactly("next");
    assertThat(serial.enter()).isTrue();
  }
}
