package dev.meshagent.runtime;

import dev.meshagent.runtime.telemetry.AgentErrors;
import dev.meshagent.runtime.thread.DaemonThreads;
import dev.meshagent.runtime.thread.GuardedTask;
import dev.meshagent.spi.Mesh.Timeout;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs the short tasks of adapters at their time, on one daemon thread apart from the control loop,
 * so that reading a large snapshot delays no retry. Thread-safe.
 */
final class TimerThread {
  private final ScheduledThreadPoolExecutor executor =
      new ScheduledThreadPoolExecutor(1, new DaemonThreads("mesh-agent-timer"));
  private final AgentErrors errors;

  TimerThread(AgentErrors errors) {
    this.errors = errors;
    executor.setRemoveOnCancelPolicy(true);
    // Else the first call would start it, and it would inherit that thread's group and inheritable
    // thread-locals, which may be the application's.
    executor.prestartCoreThread();
  }

  Timeout schedule(Runnable task, long delay, TimeUnit unit) {
    return new Scheduled(executor.schedule(new GuardedTask(task, "timer", errors), delay, unit));
  }

  private static final class Scheduled implements Timeout {
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
