package dev.meshagent.runtime.control;

/**
 * The serial queue on which everything of the control plane runs, so that its state needs no lock;
 * also its clock and its randomness, so that tests run on virtual time.
 */
public interface ControlLoop {
  /** The monotonic time in ns, on the same base as the engine's clock. */
  long nanos();

  /** A number from 0 to below 1, for jitter. */
  double random();

  /** Runs a task after those queued before it. Callable from any thread; never blocks. */
  void execute(Runnable task);

  /** Runs a task once after a delay in ns. */
  Timer schedule(Runnable task, long delayNanos);

  /** A task that waits for its time. */
  interface Timer {
    void cancel();
  }
}
