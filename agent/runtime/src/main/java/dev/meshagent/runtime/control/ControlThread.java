package dev.meshagent.runtime.control;

import dev.meshagent.runtime.telemetry.AgentErrors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * The control loop of a running agent: one daemon thread. A task that throws is counted and does
 * not end the thread.
 */
public final class ControlThread implements ControlLoop {
  private final ScheduledThreadPoolExecutor executor;
  private final AgentErrors errors;

  public ControlThread(AgentErrors errors) {
    this.errors = errors;
    this.executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "mesh-agent-control");
              thread.setDaemon(true);
              // The creator's loader may be the application's, and must not be pinned by us.
              thread.setContextClassLoader(ControlThread.class.getClassLoader());
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public double random() {
    return ThreadLocalRandom.current().nextDouble();
  }

  @Override
  public void execute(Runnable task) {
    executor.execute(guarded(task));
  }

  @Override
  public Timer schedule(Runnable task, long delayNanos) {
    Future<?> future = executor.schedule(guarded(task), delayNanos, TimeUnit.NANOSECONDS);
    return () -> future.cancel(false);
  }

  private Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (Throwable e) {
        errors.count("control", e);
      }
    };
  }
}
