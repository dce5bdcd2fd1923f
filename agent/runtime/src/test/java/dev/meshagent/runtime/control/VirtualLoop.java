package dev.meshagent.runtime.control;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/** A control loop on virtual time: it runs when the test says so, in the order of the due times. */
final class VirtualLoop implements ControlLoop {
  static final long SECOND = 1_000_000_000L;

  private final Queue<Runnable> queue = new ArrayDeque<>();
  private final PriorityQueue<Due> timers =
      new PriorityQueue<>(
          Comparator.<Due>comparingLong(due -> due.nanos).thenComparing(due -> due.order));
  private long nanos = -SECOND;
  private long order;

  @Override
  public long nanos() {
    return nanos;
  }

  @Override
  public double random() {
    return 0;
  }

  @Override
  public void execute(Runnable task) {
    queue.add(task);
  }

  @Override
  public Timer schedule(Runnable task, long delayNanos) {
    Due due = new Due(nanos + delayNanos, order++, task);
    timers.add(due);
    return () -> timers.remove(due);
  }

  /** Runs what is due now. */
  void settle() {
    advance(0);
  }

  void advance(long delayNanos) {
    long until = nanos + delayNanos;
    runQueue();
    while (!timers.isEmpty() && timers.peek().nanos <= until) {
      Due due = timers.poll();
      nanos = due.nanos;
      due.task.run();
      runQueue();
    }
    nanos = until;
  }

  private void runQueue() {
    for (Runnable task = queue.poll(); task != null; task = queue.poll()) {
      task.run();
    }
  }

  private static final class Due {
    final long nanos;
    final long order;
    final Runnable task;

    Due(long nanos, long order, Runnable task) {
      this.nanos = nanos;
      this.order = order;
      this.task = task;
    }
  }
}
