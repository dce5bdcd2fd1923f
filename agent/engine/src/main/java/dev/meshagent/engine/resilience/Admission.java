package dev.meshagent.engine.resilience;

import dev.meshagent.engine.snapshot.policy.Limits;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How much is under way to one service or subset, and who waits for a place. It outlives snapshots;
 * where there is no limit nothing is counted. Thread-safe without locks; waiters are woken in the
 * order in which they came, but a newcomer may be quicker.
 *
 * <p>There are two kinds of place. Each request takes one. A request that has a connection to
 * itself takes a connection besides; one over HTTP/2 shares what is there.
 */
public final class Admission {
  private final AtomicInteger active = new AtomicInteger();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger retries = new AtomicInteger();
  private final AtomicInteger pending = new AtomicInteger();
  private final ConcurrentLinkedQueue<Waiter> awaitPlace = new ConcurrentLinkedQueue<>();

  /** Those for whom there was a place but no connection. */
  private final ConcurrentLinkedQueue<Waiter> awaitConnection = new ConcurrentLinkedQueue<>();

  private volatile Limits limits = Limits.NONE;

  /** Who is to be woken, unless it has stopped waiting meanwhile. */
  public interface Waiter {
    /** False once it was cancelled or has run out of time: another is woken in its place. */
    boolean waits();

    void wake();
  }

  public void configure(Limits newLimits) {
    limits = newLimits;
  }

  /** Takes a place, if there is one. */
  public boolean tryEnter() {
    return tryTake(active, limits.maxRequests);
  }

  /** Gives a place back and wakes who has waited longest. */
  public void leave() {
    active.decrementAndGet();
    wakeNext();
  }

  /** Takes a connection, if there is one, beside the place that the request has already. */
  public boolean tryConnect() {
    return tryTake(connections, limits.maxConnections);
  }

  /** Gives a connection back and wakes who has waited longest. */
  public void disconnect() {
    connections.decrementAndGet();
    wakeNext();
  }

  /** Becomes one of those who may wait; false if there are too many. */
  public boolean tryWait() {
    return limits.maxPending > 0 && tryTake(pending, limits.maxPending);
  }

  /** Waits no longer, for whatever reason. */
  public void stopWaiting() {
    pending.decrementAndGet();
    // While all is taken nobody else clears away those who gave up, and they would pile up.
    forget(awaitPlace);
    forget(awaitConnection);
    wakeNext();
  }

  private static void forget(ConcurrentLinkedQueue<Waiter> waiting) {
    for (Waiter first = waiting.peek(); first != null && !first.waits(); first = waiting.peek()) {
      waiting.remove(first);
    }
  }

  /** Registers a wake; runs it, or that of somebody before it, at once if there is a place. */
  public void onPlace(Waiter waiter) {
    awaitPlace.add(waiter);
    wakeNext();
  }

  /** As {@link #onPlace}, if there is a connection as well. */
  public void onConnection(Waiter waiter) {
    awaitConnection.add(waiter);
    wakeNext();
  }

  /**
   * Wakes one of each kind, since nobody knows here which of them is served by what has become
   * free: who is not waits again.
   */
  private void wakeNext() {
    if (isFree(active, limits.maxRequests)) {
      wakeFirst(awaitPlace);
      if (isFree(connections, limits.maxConnections)) {
        wakeFirst(awaitConnection);
      }
    }
  }

  private static boolean isFree(AtomicInteger taken, int limit) {
    return limit == 0 || taken.get() < limit;
  }

  private static void wakeFirst(ConcurrentLinkedQueue<Waiter> waiting) {
    for (Waiter first = waiting.poll(); first != null; first = waiting.poll()) {
      if (first.waits()) {
        first.wake();
        return;
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

  /** Connections that requests have to themselves. */
  public int connections() {
    return connections.get();
  }

  /** Retries under way. */
  public int retries() {
    return retries.get();
  }

  public int pending() {
    return pending.get();
  }
}
