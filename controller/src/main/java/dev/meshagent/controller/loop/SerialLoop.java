package dev.meshagent.controller.loop;

import java.time.Instant;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@link Loop} of a running controller: one daemon thread on the system's clocks. A task that
 * throws is logged and does not stop those after it. After {@link #close} tasks are dropped.
 */
public final class SerialLoop implements Loop, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SerialLoop.class);

  private final ScheduledThreadPoolExecutor executor;

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
    schedule(task, 0);
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
