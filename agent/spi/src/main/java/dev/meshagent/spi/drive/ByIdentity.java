package dev.meshagent.spi.drive;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Values by the identity of their keys, each for a part of a call. Nearly every key finds a place
 * of its own by its identity hash, so that to put a value, find it and take it makes no garbage, as
 * the entries of a map would, nor do threads meet at a map's counter; a key whose places are taken
 * has a map. Thread-safe; takes no monitor.
 *
 * @param <V> of a key, never null
 */
public final class ByIdentity<V> {
  /** A power of two. */
  private static final int PLACES = 256;

  /** How many places a key may have, one beside the other. */
  private static final int CHOICES = 4;

  /** Stands for the key of a place while one thread changes it; others take it for no key's. */
  private static final Object CHANGING = new Object();

  private final AtomicReferenceArray<Object> keys = new AtomicReferenceArray<>(PLACES);

  /** Each changed by the thread that has put {@link #CHANGING} beside it, and by no other. */
  private final AtomicReferenceArray<V> values = new AtomicReferenceArray<>(PLACES);

  private final ConcurrentHashMap<Key, V> others = new ConcurrentHashMap<>();

  /** How many these are at most; a map says of itself that it is empty when it nearly is. */
  private final AtomicInteger otherCount = new AtomicInteger();

  /** A key that is put again before it was taken may have both values. */
  public void put(Object key, V value) {
    for (int choice = 0; choice < CHOICES; choice++) {
      int place = place(key, choice);
      if (keys.get(place) == null && keys.compareAndSet(place, null, CHANGING)) {
        values.lazySet(place, value);
        keys.lazySet(place, key);
        return;
      }
    }
    otherCount.incrementAndGet();
    if (others.put(new Key(key), value) != null) {
      otherCount.decrementAndGet();
    }
  }

  /**
   * The value of a key, or null. While another thread takes that, it may rarely be another key's:
   * unless only the calling thread takes it, the caller looks whether it is the right one.
   */
  public V get(Object key) {
    for (int choice = 0; choice < CHOICES; choice++) {
      int place = place(key, choice);
      if (keys.get(place) == key) {
        return values.get(place);
      }
    }
    return otherCount.get() == 0 ? null : others.get(new Key(key));
  }

  /** Removes the value of a key and returns it, to one caller only; null where there is none. */
  public V take(Object key) {
    for (int choice = 0; choice < CHOICES; choice++) {
      int place = place(key, choice);
      if (keys.get(place) == key && keys.compareAndSet(place, key, CHANGING)) {
        V value = values.get(place);
        values.lazySet(place, null);
        keys.lazySet(place, null);
        return value;
      }
    }
    V other = otherCount.get() == 0 ? null : others.remove(new Key(key));
    if (other != null) {
      otherCount.decrementAndGet();
    }
    return other;
  }

  /** How many values there are; while none is put or taken, for tests. */
  public int size() {
    int size = others.size();
    for (int place = 0; place < PLACES; place++) {
      size += keys.get(place) == null ? 0 : 1;
    }
    return size;
  }

  private static int place(Object key, int choice) {
    return System.identityHashCode(key) + choice & PLACES - 1;
  }

  /** Of the identity of a key: what it says of itself may be the application's. */
  private static final class Key {
    private final Object key;

    Key(Object key) {
      this.key = key;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key && ((Key) other).key == key;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(key);
    }
  }
}
