package dev.meshagent.controller.loop;

import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@link Loop} of a running controller: one daemon thread on the system's clocks. A task that
 * throws is logged and does not stop those after it. After {@link #close} tasks are dropped.
 *
 * <p>What is to run at once waits in a queue without a lock, and the thread is woken for the first
 * of them alone: when a thousand agents answer, they do not queue up for the lock of a timer.
 */
public final class SerialLoop implements Loop, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SerialLoop.class);

  /** How many tasks run before those of which the time has come are looked at. */
  private static final int AT_ONCE = 256;

  private final ScheduledThreadPoolExecutor executor;
  private final Queue<Runnable> ready = new ConcurrentLinkedQueue<>();

  /** True from when the thread is asked to look into the queue until it has begun to. */
  private final AtomicBoolean woken = new AtomicBoolean();

  public SerialLoop() {
    executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "mesh-controller-loop");
              thread.setDaemon(true);
              return thread;
            });
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public void execute(Runnable task) {
    ready.add(task);
    wake();
  }

  private void wake() {
    if (!woken.get() && woken.compareAndSet(false, true)) {
      schedule(this::runReady, 0);
    }
  }

  private void runReady() {
    // Before the queue is read: who adds to it from now on wakes the thread again.
    woken.set(false);
    for (int i = 0; i < AT_ONCE; i++) {
      Runnable task = ready.poll();
      if (task == null) {
        return;
      }
      run(task);
    }
    wake();
  }

  @Override
  public void schedule(Runnable task, long delayNanos) {
    try {
      executor.schedule(() -> run(task), delayNanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException closed) {
      LOG.debug("task dropped: the controller is stopping");
    }
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      LOG.error("a task on the controller's loop failed", e);
    }
  }

  @Override
  public void close() {
    executor.shutdown();
  }
}
