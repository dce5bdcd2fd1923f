package dev.meshagent.scripted;

import dev.meshagent.spi.Mesh;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** What every mesh of a test has: timers that can be counted, and the errors that were reported. */
public abstract class TestMesh extends Mesh {
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(
          1,
          task -> {
            Thread thread = new Thread(task, "test mesh timer");
            thread.setDaemon(true);
            return thread;
          });

  /** Every error that the advice reported. */
  public final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();

  protected TestMesh() {
    timer.setRemoveOnCancelPolicy(true);
  }

  /** How many timers are set and will stay so: those of copies under way are waited for. */
  public int timers() {
    synchronized (timer) {
      try {
        for (int waits = 0; waits < 50 && !timer.getQueue().isEmpty(); waits++) {
          timer.wait(100);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return timer.getQueue().size();
  }

  /** How many timers are set now. */
  public int timersNow() {
    return timer.getQueue().size();
  }

  @Override
  public Timeout schedule(Runnable task, long delay, TimeUnit unit) {
    Future<?> future = timer.schedule(task, delay, unit);
    return () -> {
      future.cancel(false);
      synchronized (timer) {
        timer.notifyAll();
      }
    };
  }

  @Override
  public void agentError(String place, Throwable error) {
    errors.add(error);
  }
}
