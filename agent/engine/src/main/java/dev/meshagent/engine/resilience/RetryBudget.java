package dev.meshagent.engine.resilience;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many retries a service may still be given: a share of its recent requests, plus a few a
 * second so that quiet services are retried too. It keeps an outage from being multiplied by those
 * who suffer it (finagle's RetryBudget has the argument).
 *
 * <p>Time is cut into slots of a second; what counts is the last {@value #WINDOW_SECONDS} s.
 * Requests are counted in one striped adder, whose sum is noted at the turn of each slot, retries
 * by compare-and-set: the budget is never overspent, and a request costs no contended write.
 * Requests that race with the turn of a slot may be lost to it, which errs on the thrifty side.
 */
public final class RetryBudget {
  public static final int WINDOW_SECONDS = 10;

  private static final long SLOT_NANOS = 1_000_000_000L;
  private static final int SLOTS = WINDOW_SECONDS + 1;

  /** All requests ever. */
  private final LongAdder requests = new LongAdder();

  /** What {@link #requests} was when each slot began. */
  private final AtomicLongArray before = new AtomicLongArray(SLOTS);

  private final AtomicLongArray retries = new AtomicLongArray(SLOTS);
  private final AtomicLong turned;
  private final long epochNanos;

  /** Retries of the whole window, which is what compare-and-set guards. */
  private final AtomicLong spent = new AtomicLong();

  private volatile double share;
  private volatile double free;

  public RetryBudget(double percent, double freePerSecond, long now) {
    epochNanos = now;
    turned = new AtomicLong(0);
    configure(percent, freePerSecond);
  }

  /** Changes the size; what was spent stays spent. */
  public void configure(double percent, double freePerSecond) {
    share = percent / 100;
    free = freePerSecond * WINDOW_SECONDS;
  }

  /** Counts a request. */
  public void deposit(long now) {
    turnTo(now);
    requests.increment();
  }

  /** How many requests were counted so far. */
  public long requests() {
    return requests.sum();
  }

  /** Takes a retry out of the budget, if there is one. */
  public boolean tryWithdraw(long now) {
    long slot = turnTo(now);
    // The slot after the newest is the oldest that counts.
    double allowed = (requests.sum() - before.get(index(slot + 1))) * share + free;
    for (; ; ) {
      long seen = spent.get();
      if (seen + 1 > allowed) {
        return false;
      }
      if (spent.compareAndSet(seen, seen + 1)) {
        retries.getAndIncrement(index(slot));
        return true;
      }
    }
  }

  private static int index(long slot) {
    return (int) (slot % SLOTS);
  }

  /** Clears the slots that fell out of the window; whoever comes first in a new second does it. */
  private long turnTo(long now) {
    long slot = Math.max(0, (now - epochNanos) / SLOT_NANOS);
    for (; ; ) {
      long seen = turned.get();
      if (slot <= seen) {
        return seen;
      }
      // Whoever comes first in a new second notes the sum, and those who race with it note more,
      // which is thrifty.
      long sum = requests.sum();
      for (long next = Math.max(seen + 1, slot - SLOTS + 1); next <= slot; next++) {
        before.set(index(next), sum);
      }
      if (turned.compareAndSet(seen, slot)) {
        for (long next = Math.max(seen + 1, slot - SLOTS + 1); next <= slot; next++) {
          spent.addAndGet(-retries.getAndSet(index(next), 0));
        }
        return slot;
      }
    }
  }
}
