package dev.meshagent.instrumentation.reactornetty;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs tasks one after the other, on whatever thread is the first to bring one; further threads
 * leave theirs to it and go on. No thread waits.
 */
final class Serial {
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger brought;

  Serial() {
    this(0);
  }

  private Serial(int held) {
    brought = new AtomicInteger(held);
  }

  /** One whose tasks wait until it is released once. */
  static Serial held() {
    return new Serial(1);
  }

  void release() {
    if (brought.decrementAndGet() != 0) {
      runAll();
    }
  }

  void run(Runnable task) {
    tasks.add(task);
    if (brought.getAndIncrement() != 0) {
      return;
    }
    runAll();
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
          release();
        }
      }
    } while (brought.decrementAndGet() != 0);
  }
}
