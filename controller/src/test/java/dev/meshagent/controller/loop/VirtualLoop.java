package dev.meshagent.controller.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A loop on virtual time: nothing runs until the test says how much time passes. */
public final class VirtualLoop implements Loop {
  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparingLong(Task::due).thenComparingLong(Task::order));
  private long nanos;
  private long order;

  @Override
  public long nanos() {
    return nanos;
  }

  @Override
  public Instant now() {
    return Instant.parse("2026-11-01T00:00:00Z").plusNanos(nanos);
  }

  @Override
  public void execute(Runnable task) {
    schedule(task, 0);
  }

  @Override
  public void schedule(Runnable task, long delayNanos) {
    tasks.add(new Task(nanos + delayNanos, order++, task));
  }

  /** Lets time pass and runs what becomes due, each task at its own time. */
  public void pass(Duration time) {
    long end = nanos + time.toNanos();
    while (!tasks.isEmpty() && tasks.peek().due() <= end) {
      Task task = tasks.remove();
      nanos = Math.max(nanos, task.due());
      task.body().run();
    }
    nanos = end;
  }

  private record Task(long due, long order, Runnable body) {}
}
