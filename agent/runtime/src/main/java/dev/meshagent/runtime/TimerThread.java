package dev.meshagent.runtime;

import dev.meshagent.runtime.telemetry.AgentErrors;
import dev.meshagent.spi.Mesh.Timeout;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs the short tasks of adapters at their time, on one daemon thread apart from the control loop,
 * so that reading a large snapshot delays no retry. Thread-safe.
 */
final class TimerThread {
  private final ScheduledThreadPoolExecutor executor;
  private final AgentErrors errors;

  TimerThread(AgentErrors errors) {
    this.errors = errors;
    this.executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "mesh-agent-timer");
              thread.setDaemon(true);
              thread.setContextClassLoader(TimerThread.class.getClassLoader());
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
    // Else the first call would start it, and it would inherit that thread's group, context loader
    // and inheritable thread-locals, which may be the application's.
    executor.prestartCoreThread();
  }

  Timeout schedule(Runnable task, long delay, TimeUnit unit) {
    Future<?> future =
        executor.schedule(
            () -> {
              try {
                task.run();
              } catch (Throwable e) {
                errors.count("timer", e);
              }
            },
            delay,
            unit);
    return () -> future.cancel(false);
  }
}
