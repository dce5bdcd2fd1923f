package dev.meshagent.runtime.control;

import dev.meshagent.runtime.telemetry.AgentErrors;
import dev.meshagent.runtime.thread.DaemonThreads;
import dev.meshagent.runtime.thread.GuardedTask;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * The control loop of a running agent: one daemon thread. A task that throws is counted and does
 * not end the thread.
 */
public final class ControlThread implements ControlLoop {
  private final ScheduledThreadPoolExecutor executor =
      new ScheduledThreadPoolExecutor(1, new DaemonThreads("mesh-agent-control"));
  private final AgentErrors errors;

  public ControlThread(AgentErrors errors) {
    this.errors = errors;
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
    executor.execute(new GuardedTask(task, "control", errors));
  }

  @Override
  public Timer schedule(Runnable task, long delayNanos) {
    GuardedTask guarded = new GuardedTask(task, "control", errors);
    return new Scheduled(executor.schedule(guarded, delayNanos, TimeUnit.NANOSECONDS));
  }

  private static final class Scheduled implements Timer {
    private final Future<?> future;

    Scheduled(Future<?> future) {
      this.future = future;
    }

    @Override
    public void cancel() {
      future.cancel(false);
    }
  }
}
