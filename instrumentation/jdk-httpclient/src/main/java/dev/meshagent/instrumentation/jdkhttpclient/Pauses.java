package dev.meshagent.instrumentation.jdkhttpclient;

import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Resumption;
import java.util.function.Consumer;

/**
 * The waits of a hop, of which there is one at most at a time. Each goes on where the client works:
 * not on the timers' thread, or the engine's. For the hop's thread but for {@link #waiting}.
 */
final class Pauses {
  private final Mesh mesh;
  private final Object multi;
  private final Consumer<Object> goOn;
  private volatile Pause present;

  /**
   * @param goOn is given the wait that is over, see {@link #is}
   */
  Pauses(Mesh mesh, Object multi, Consumer<Object> goOn) {
    this.mesh = mesh;
    this.multi = multi;
    this.goOn = goOn;
  }

  /**
   * Waits so long, or until it is woken.
   *
   * @param queue who wakes, or null
   * @param nanos {@link Long#MAX_VALUE} to let no time end it
   */
  void begin(Step.Queue queue, long nanos) {
    Pause pause = new Pause();
    present = pause;
    if (nanos != Long.MAX_VALUE) {
      pause.resumption.after(mesh, nanos);
    }
    if (queue != null) {
      queue.onWake(pause.resumption);
    }
  }

  boolean waiting() {
    return present != null;
  }

  /** Whether that wait was not followed by another, or ended by something else. */
  boolean is(Object pause) {
    return present == pause;
  }

  void end() {
    Pause ended = present;
    present = null;
    if (ended != null) {
      ended.resumption.drop();
    }
  }

  private final class Pause {
    final Resumption resumption =
        new Resumption(() -> ClientInternals.execute(multi, () -> goOn.accept(this)));
  }
}
