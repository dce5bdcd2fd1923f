package dev.meshagent.controller.loop;

import java.time.Instant;
import java.util.concurrent.Executor;

/**
 * The one thread of control that owns the controller's state: whatever reads or changes the
 * registry, the directory or a session runs here, in the order in which it was handed in, so that
 * none of them needs a lock. It is also their clock, which is how tests run them on virtual time.
 *
 * <p>All methods may be called from any thread; tasks must not block.
 */
public interface Loop extends Executor {
  /** Monotonic time in nanoseconds; only differences mean something. */
  long nanos();

  /** Wall-clock time, for what people read. */
  Instant now();

  /** Runs the task on the loop, once, after at least this many nanoseconds. */
  void schedule(Runnable task, long delayNanos);
}
