package dev.meshagent.spi.drive;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BreakableTest {
  private final RecordingMesh mesh = new RecordingMesh();
  private final Watched watched = new Watched();

  @Test
  void isBrokenOffWhenItsTimeIsOver() {
    watched.breakOffAfter(mesh, 5);

    mesh.scheduled.remove().run();

    assertThat(watched.brokenOff).isEqualTo(1);
    assertThat(watched.isBrokenOff()).isTrue();
    assertThat(watched.end()).isTrue();
  }

  @Test
  void aTimerThatComesAfterTheEndTouchesNothing() {
    watched.breakOffAfter(mesh, 5);

    assertThat(watched.end()).isFalse();
    mesh.scheduled.remove().run();

    assertThat(mesh.due).isEmpty();
    assertThat(watched.brokenOff).isZero();
    assertThat(watched.end()).isFalse();
    assertThat(watched.endings).isEqualTo(1);
  }

  @Test
  void takesNoTimerWhereThereIsNoLimit() {
    watched.breakOffAfter(mesh, Long.MAX_VALUE);

    assertThat(mesh.scheduled).isEmpty();
    assertThat(watched.end()).isFalse();
  }

  private static final class Watched extends Breakable {
    int brokenOff;
    int endings;

    @Override
    protected void breakOff() {
      brokenOff++;
    }

    @Override
    protected void ended() {
      endings++;
    }
  }
}
