package dev.meshagent.spi.drive;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads that run what goes on after a wait, and copies sent aside: code of the application may
 * run there, which the agent's timer must not wait for. Daemon threads that end soon after their
 * last task, so that they keep no class loader. One for each instrumentation; thread-safe.
 */
public final class Continuations {
  private static final int KEPT_SECONDS = 2;

  private final ExecutorService executor;

  /**
   * @param library as it is called in the threads' names
   */
  public Continuations(String library) {
    executor =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            KEPT_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> {
              Thread thread = new Thread(task, "mesh-agent continues calls of " + library);
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Runs the task on one of these threads, with the context class loader of the present one. */
  public void run(Runnable task) {
    later(task).run();
  }

  /**
   * A task that, on whatever thread it is run, has the given one run on one of these, with the
   * context class loader of the thread that asked for it.
   */
  public Runnable later(Runnable task) {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return () ->
        executor.execute(
            () -> {
              Thread thread = Thread.currentThread();
              thread.setContextClassLoader(context);
              try {
                task.run();
              } finally {
                thread.setContextClassLoader(null);
              }
            });
  }
}
