package dev.meshagent.spi.drive;

/**
 * What each thread is in the middle of, between advice at the beginning of a library's method and
 * at its end. Nothing is left in a thread, as a ThreadLocal would, and nothing here, once it is
 * cleared. Thread-safe; takes no monitor.
 *
 * @param <V> of the thread that set it
 */
public final class PerThread<V> {
  private final ByIdentity<V> values = new ByIdentity<>();

  /** Null where this thread has set none. */
  public V get() {
    return values.get(Thread.currentThread());
  }

  /**
   * @param value not null
   */
  public void set(V value) {
    clear();
    values.put(Thread.currentThread(), value);
  }

  /** Does nothing where none is set. */
  public void clear() {
    values.take(Thread.currentThread());
  }

  /** How many threads have set one; while none does so, for tests. */
  public int size() {
    return values.size();
  }
}
