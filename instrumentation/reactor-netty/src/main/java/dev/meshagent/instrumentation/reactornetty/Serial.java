package dev.meshagent.instrumentation.reactornetty;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

/**
 * Has things done one after the other, on whatever thread is the first to come; further threads
 * leave theirs to it and go on. No thread waits. A thread that finds nobody does its thing itself,
 * between {@link #enter} and {@link #leave}, which is nearly always so and makes no garbage; what
 * calls have is one by inheritance for the same reason.
 */
class Serial {
  private static final AtomicIntegerFieldUpdater<Serial> BROUGHT =
      AtomicIntegerFieldUpdater.newUpdater(Serial.class, "brought");

  @SuppressWarnings("rawtypes")
  private static final AtomicReferenceFieldUpdater<Serial, Queue> TASKS =
      AtomicReferenceFieldUpdater.newUpdater(Serial.class, Queue.class, "tasks");

  /** What is being done and what is left to be done. */
  private volatile int brought;

  /** Null until a thread has left a task. */
  private volatile Queue<Runnable> tasks;

  /**
   * @param entered whether something has begun, so that tasks wait for its {@link #leave}
   */
  Serial(boolean entered) {
    if (entered) {
      brought = 1;
    }
  }

  /** True if nobody does anything: the caller may, and calls {@link #leave} afterwards. */
  final boolean enter() {
    return BROUGHT.compareAndSet(this, 0, 1);
  }

  /** Does what others have left meanwhile. */
  final void leave() {
    if (BROUGHT.decrementAndGet(this) != 0) {
      runAll();
    }
  }

  /** Has a task run, here or by the thread that does something now. */
  final void inTurn(Runnable task) {
    if (tasks == null) {
      TASKS.compareAndSet(this, null, new ConcurrentLinkedQueue<Runnable>());
    }
    tasks.add(task);
    if (BROUGHT.getAndIncrement(this) == 0) {
      runAll();
    }
  }

  /** What a task throws keeps no other from being run. */
  private void runAll() {
    do {
      boolean ran = false;
      try {
        tasks.remove().run();
        ran = true;
      } finally {
        if (!ran) {
          leave();
        }
      }
    } while (BROUGHT.decrementAndGet(this) != 0);
  }
}
