package dev.meshagent.instrumentation.reactornetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In which order things are done that come at the same time. */
class SerialTest {
  private final Serial serial = new Serial();
  private final List<String> done = new ArrayList<>();

  @Test
  void aTaskIsRunAtOnceWhereNothingIsBeingDone() {
    serial.run(() -> done.add("task"));
    assertThat(done).containsExactly("task");
    assertThat(serial.begin()).isTrue();
  }

  @Test
  void tasksWaitForTheEndOfWhatHasBegun() {
    assertThat(serial.begin()).isTrue();
    assertThat(serial.begin()).isFalse();
    serial.run(() -> done.add("first"));
    serial.run(() -> done.add("second"));
    assertThat(done).isEmpty();
    serial.end();
    assertThat(done).containsExactly("first", "second");
    assertThat(serial.begin()).isTrue();
  }

  @Test
  void tasksWaitForTheEndOfOneThatWasMadeBegun() {
    Serial begun = Serial.begun();
    assertThat(begun.begin()).isFalse();
    begun.run(() -> done.add("task"));
    assertThat(done).isEmpty();
    begun.end();
    assertThat(done).containsExactly("task");
  }

  @Test
  void whatATaskBringsIsRunAfterIt() {
    serial.run(
        () -> {
          serial.run(() -> done.add("brought"));
          done.add("task");
        });
    assertThat(done).containsExactly("task", "brought");
  }

  @Test
  void aTaskThatThrowsKeepsNoOtherFromBeingRun() {
    IllegalStateException thrown = new IllegalStateException("on purpose");
    assertThat(serial.begin()).isTrue();
    serial.run(
        () -> {
          throw thrown;
        });
    serial.run(() -> done.add("next"));
    assertThatThrownBy(serial::end).isSameAs(thrown);
    assertThat(done).containsExactly("next");
    assertThat(serial.begin()).isTrue();
  }
}
