package dev.meshagent.engine.resilience;

import dev.meshagent.engine.snapshot.policy.Limits;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How much is under way to one service or subset, and who waits for a place. It outlives snapshots;
 * where there is no limit nothing is counted. Thread-safe without locks; waiters are woken in the
 * order in which they came, but a newcomer may be quicker.
 */
public final class Admission {
  private final AtomicInteger active = new AtomicInteger();
  private final AtomicInteger retries = new AtomicInteger();
  private final AtomicInteger pending = new AtomicInteger();
  private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();
  private volatile Limits limits = Limits.NONE;

  public void configure(Limits newLimits) {
    limits = newLimits;
  }

  /** The most requests that may be under way; 0 for no limit. */
  public int limit() {
    Limits now = limits;
    return now.maxRequests == 0 || now.maxConnections == 0
        ? Math.max(now.maxRequests, now.maxConnections)
        : Math.min(now.maxRequests, now.maxConnections);
  }

  /** Takes a place, if there is one. */
  public boolean tryEnter() {
    return tryTake(active, limit());
  }

  /** Gives a place back and wakes who has waited longest. */
  public void leave() {
    active.decrementAndGet();
    wakeNext();
  }

  /** Becomes one of those who may wait; false if there are too many. */
  public boolean tryWait() {
    return limits.maxPending > 0 && tryTake(pending, limits.maxPending);
  }

  /** Waits no longer, for whatever reason. */
  public void stopWaiting() {
    pending.decrementAndGet();
    wakeNext();
  }

  /** Registers a wake; runs it, or that of somebody before it, at once if there is a place. */
  public void onPlace(Runnable wake) {
    waiting.add(wake);
    wakeNext();
  }

  private void wakeNext() {
    int most = limit();
    if (most == 0 || active.get() < most) {
      Runnable wake = waiting.poll();
      if (wake != null) {
        wake.run();
      }
    }
  }

  /** Takes a place among the retries under way, if there is one. */
  public boolean tryRetry() {
    return tryTake(retries, limits.maxRetries);
  }

  public void leaveRetry() {
    retries.decrementAndGet();
  }

  private static boolean tryTake(AtomicInteger counter, int limit) {
    for (; ; ) {
      int seen = counter.get();
      if (limit > 0 && seen >= limit) {
        return false;
      }
      if (counter.compareAndSet(seen, seen + 1)) {
        return true;
      }
    }
  }

  public int active() {
    return active.get();
  }

  public int pending() {
    return pending.get();
  }
}
