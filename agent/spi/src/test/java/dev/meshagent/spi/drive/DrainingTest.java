package dev.meshagent.spi.drive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.call.HostMeaning;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.spi.Listeners;
import dev.meshagent.spi.Mesh;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class DrainingTest {
  private final LateMesh mesh = new LateMesh();
  private int closed;

  @Test
  void aTimerThatIsLateClosesNothing() throws Exception {
    assertThat(Draining.drain(mesh, () -> {}, () -> closed++)).isTrue();
    mesh.timer.run();
    assertThat(closed).isZero();
  }

  @Test
  void aTimerThatComesJustWhenTheDrainEndsSaysThatTheConnectionIsClosed() throws Exception {
    assertThat(Draining.drain(mesh, () -> mesh.timer.run(), () -> closed++)).isFalse();
    assertThat(closed).isEqualTo(1);
  }

  /** Whose timers go off when the test says, cancelled or not. */
  private static final class LateMesh extends Mesh {
    Runnable timer;

    @Override
    public Timeout schedule(Runnable task, long delay, TimeUnit unit) {
      timer = task;
      return () -> {};
    }

    @Override
    public MeshCall open(String library, RequestHead head) {
      throw new UnsupportedOperationException("nothing is called");
    }

    @Override
    public HostMeaning meaning(String host) {
      throw new UnsupportedOperationException("nothing is named");
    }

    @Override
    public Listeners listeners() {
      throw new UnsupportedOperationException("nobody listens");
    }

    @Override
    public void agentError(String place, Throwable error) {
      throw new AssertionError(place, error);
    }
  }
}
