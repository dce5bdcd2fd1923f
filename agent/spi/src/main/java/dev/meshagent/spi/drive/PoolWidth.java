package dev.meshagent.spi.drive;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many connections a client's pool may hold in all, as a library limits it. A pool that was
 * made for the one address of a name holds the connections to all endpoints behind it now, and
 * would close the ones to make room for the others; so each endpoint in use widens it by what it
 * may hold for one address. What the application allowed stays the pool's for everything else.
 *
 * <p>One for each pool, which it does not hold. Thread-safe; an endpoint that is in use costs one
 * look-up.
 */
public final class PoolWidth {
  /** An endpoint that was not called for so long does not count any more. */
  private static final long FORGOTTEN_NANOS = TimeUnit.MINUTES.toNanos(10);

  private final ConcurrentHashMap<String, AtomicLong> lastUsed = new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private int own;
  private int widened = -1;

  /** The limits of a library's pool, in connections. */
  public interface Limits {
    int total();

    void total(int connections);

    /** For one address. */
    int each();
  }

  /**
   * An attempt is about to connect to the endpoint.
   *
   * @param now in ns, of {@link System#nanoTime()}
   * @return whether the endpoint is new to the pool
   */
  public boolean use(String endpoint, Limits limits, long now) {
    AtomicLong known = lastUsed.get(endpoint);
    if (known != null) {
      known.lazySet(now);
      return false;
    }
    lock.lock();
    try {
      lastUsed.values().removeIf(used -> now - used.get() > FORGOTTEN_NANOS);
      lastUsed.put(endpoint, new AtomicLong(now));
      int total = limits.total();
      if (total != widened) {
        own = total; // The first time, or the application has changed it.
      }
      if (total <= 0) {
        return true; // A pool that has no limit.
      }
      long wanted = own + (long) lastUsed.size() * Math.min(limits.each(), own);
      widened = (int) Math.min(Integer.MAX_VALUE, wanted);
      limits.total(widened);
      return true;
    } finally {
      lock.unlock();
    }
  }
}
