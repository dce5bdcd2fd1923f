package dev.meshagent.spi.drive;

import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.OwnThreads;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads that run what goes on after a wait, and what is sent aside: code of the application may
 * run there, which the agent's timer must not wait for. Daemon threads that end soon after their
 * last task, so that they keep no class loader. What a task throws is an error of the agent's, and
 * goes to nobody else. One for each instrumentation and purpose; thread-safe.
 */
public final class Continuations {
  private static final int KEPT_SECONDS = 2;

  private final ExecutorService executor;

  /**
   * As many threads as there are tasks.
   *
   * @param library as it is called in the threads' names
   */
  public Continuations(String library) {
    this("mesh-agent continues calls of " + library, Integer.MAX_VALUE);
  }

  /**
   * @param name of the threads
   * @param most threads at a time
   */
  Continuations(String name, int most) {
    executor =
        new ThreadPoolExecutor(
            0,
            most,
            KEPT_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> {
              Thread thread = OwnThreads.daemon(task, name);
              thread.setUncaughtExceptionHandler((any, thrown) -> uncaught(name, thrown));
              return thread;
            });
  }

  private static void uncaught(String place, Throwable thrown) {
    Mesh mesh = Mesh.get();
    if (mesh != null) {
      mesh.agentError(place, thrown);
    }
  }

  /**
   * Runs the task on one of these threads, with the context class loader of the present one.
   *
   * @throws RejectedExecutionException if as many run as may
   * @throws OutOfMemoryError if the system has no thread left
   */
  void run(Runnable task) {
    executor.execute(withContext(task));
  }

  /**
   * A task that, on whatever thread it is run, has the given one run on one of these, with the
   * context class loader of the thread that asked for it. Where no thread can be had it runs in
   * place: a call that never went on would be worse.
   */
  public Runnable later(Runnable task) {
    return later(task, task);
  }

  /**
   * The same for a task that must not run in place.
   *
   * @param otherwise run in place where no thread can be had
   */
  Runnable later(Runnable task, Runnable otherwise) {
    Runnable whole = withContext(task);
    return () -> {
      try {
        executor.execute(whole);
      } catch (OutOfMemoryError | RejectedExecutionException noThread) {
        otherwise.run();
      }
    };
  }

  private static Runnable withContext(Runnable task) {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return () -> {
      Thread thread = Thread.currentThread();
      thread.setContextClassLoader(context);
      try {
        task.run();
      } finally {
        thread.setContextClassLoader(null);
      }
    };
  }
}
