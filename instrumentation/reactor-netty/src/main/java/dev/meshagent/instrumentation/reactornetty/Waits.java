package dev.meshagent.instrumentation.reactornetty;

import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Resumption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What a hop waits for between its attempts, and for how long at all. Used by the tasks of one
 * {@link Serial} alone; what it has run later is run elsewhere.
 */
final class Waits {
  private final Mesh mesh;
  private final Duration patience;
  private final long begunNanos;

  private Resumption parked;
  private Mesh.Timeout limit;

  /**
   * @param patience the application's response timeout, or null
   * @param begunNanos when its time began to run, by {@link System#nanoTime()}
   */
  Waits(Mesh mesh, Duration patience, long begunNanos) {
    this.mesh = mesh;
    this.patience = patience;
    this.begunNanos = begunNanos;
  }

  /**
   * @param queue what may wake it sooner, or null
   */
  void park(Step.Queue queue, long nanos, Runnable resumed) {
    Resumption resumption = new Resumption(Hops.CONTINUATIONS.later(resumed));
    parked = resumption;
    resumption.after(mesh, nanos);
    if (queue != null) {
      queue.onWake(resumption);
    }
  }

  /**
   * Bounds everything from the beginning on: from the second attempt or the first wait on the
   * library's own timer is not enough.
   */
  void limit(Runnable expired) {
    if (patience != null && limit == null) {
      long left = patience.toNanos() - (System.nanoTime() - begunNanos);
      limit =
          mesh.schedule(Hops.CONTINUATIONS.later(expired), Math.max(1, left), TimeUnit.NANOSECONDS);
    }
  }

  void end() {
    if (parked != null) {
      parked.drop();
    }
    if (limit != null) {
      limit.cancel();
    }
  }
}
