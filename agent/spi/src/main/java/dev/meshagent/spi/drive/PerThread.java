package dev.meshagent.spi.drive;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * What each thread is in the middle of, between advice at the beginning of a library's method and
 * at its end. Nothing is left in a thread, as a ThreadLocal would, and nothing here, once it is
 * cleared. A thread has a place of its own for that long, so that to set makes no garbage, nor do
 * threads meet at a counter as in a map; those whose place is taken have a map. Thread-safe; takes
 * no monitor.
 *
 * @param <V> of the thread that set it
 */
public final class PerThread<V> {
  /** A power of two. */
  private static final int PLACES = 256;

  private final AtomicReferenceArray<Thread> owners = new AtomicReferenceArray<>(PLACES);

  /** Each touched by its owner alone; {@link #owners} orders one before the next. */
  private final Object[] values = new Object[PLACES];

  private final ConcurrentHashMap<Thread, V> others = new ConcurrentHashMap<>();

  /** Null where this thread has set none. */
  @SuppressWarnings("unchecked")
  public V get() {
    Thread thread = Thread.currentThread();
    int place = place(thread);
    if (owners.get(place) == thread) {
      return (V) values[place];
    }
    return others.get(thread);
  }

  /**
   * @param value not null
   */
  public void set(V value) {
    Thread thread = Thread.currentThread();
    int place = place(thread);
    if (owners.get(place) == thread) {
      values[place] = value;
    } else if (others.containsKey(thread) || !owners.compareAndSet(place, null, thread)) {
      others.put(thread, value);
    } else {
      values[place] = value;
    }
  }

  /** Does nothing where none is set. */
  public void clear() {
    Thread thread = Thread.currentThread();
    int place = place(thread);
    if (owners.get(place) == thread) {
      values[place] = null;
      owners.set(place, null);
    } else {
      others.remove(thread);
    }
  }

  /** How many threads have set one; while none does so, for tests. */
  public int size() {
    int size = others.size();
    for (int place = 0; place < owners.length(); place++) {
      size += owners.get(place) == null ? 0 : 1;
    }
    return size;
  }

  /** Of its identity: what a thread says of itself is the application's. */
  private static int place(Thread thread) {
    return System.identityHashCode(thread) & PLACES - 1;
  }
}
