package dev.meshagent.spi.drive;

import dev.meshagent.spi.Mesh;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ends a wait once, whoever comes first: the timer or the engine. Thread-safe; short enough for the
 * thread of either if what goes on is.
 */
public final class Resumption implements Runnable {
  private final Runnable goOn;
  private final AtomicBoolean resumed = new AtomicBoolean();
  private volatile Mesh.Timeout timeout;

  /**
   * @param goOn run on the thread that ends the wait: code of the application must be handed to
   *     another one, see {@link Continuations#later}
   */
  public Resumption(Runnable goOn) {
    this.goOn = goOn;
  }

  /** Resumes after that time at the latest. */
  public void after(Mesh mesh, long nanos) {
    timeout = mesh.schedule(this, nanos, TimeUnit.NANOSECONDS);
    if (resumed.get()) {
      timeout.cancel();
    }
  }

  @Override
  public void run() {
    if (drop()) {
      goOn.run();
    }
  }

  /**
   * Keeps it from resuming, and its timer from holding what waited.
   *
   * @return false if it has resumed, or was dropped before
   */
  public boolean drop() {
    if (!resumed.compareAndSet(false, true)) {
      return false;
    }
    Mesh.Timeout scheduled = timeout;
    if (scheduled != null) {
      scheduled.cancel();
    }
    return true;
  }
}
