package dev.meshagent.instrumentation.jdkhttpclient;

import dev.meshagent.spi.Mesh;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ends a wait once, on the client's executor, whoever comes first: the timer or the engine.
 * Thread-safe; short enough for the thread of either.
 */
final class Resumption implements Runnable {
  private final Runnable goOn;
  private final Executor executor;
  private final AtomicBoolean resumed = new AtomicBoolean();
  private volatile Mesh.Timeout timeout;

  Resumption(Runnable goOn, Executor executor) {
    this.goOn = goOn;
    this.executor = executor;
  }

  /** Resumes after that time at the latest. */
  void after(Mesh mesh, long nanos) {
    timeout = mesh.schedule(this, nanos, TimeUnit.NANOSECONDS);
  }

  /** Nobody waits any more: the timer must not hold what waited until its time. */
  void cancel() {
    resumed.set(true);
    stopTimer();
  }

  private void stopTimer() {
    Mesh.Timeout scheduled = timeout;
    if (scheduled != null) {
      scheduled.cancel();
    }
  }

  @Override
  public void run() {
    if (!resumed.compareAndSet(false, true)) {
      return;
    }
    stopTimer();
    try {
      executor.execute(goOn);
    } catch (RuntimeException refused) {
      // The application's executor is shut down; the client goes on elsewhere in that case, too.
      goOn.run();
    }
  }
}
