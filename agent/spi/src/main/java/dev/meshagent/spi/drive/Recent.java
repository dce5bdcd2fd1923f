package dev.meshagent.spi.drive;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Immutable things that cost something to make and are wanted again for most calls, such as one for
 * each endpoint. It keeps a few hundred of them at most: one may take the place of another, which
 * is then made anew. To look one up makes no garbage, which a key for a map would. Thread-safe.
 *
 * @param <T> tells by itself what it was made for
 */
public final class Recent<T> {
  private static final int BITS = 8;

  /** Spreads neighbouring hashes: 2^32 divided by the golden ratio. */
  private static final int SPREAD = 0x9E3779B9;

  private final AtomicReferenceArray<T> places = new AtomicReferenceArray<>(1 << BITS);

  /**
   * What was kept last for that hash or for another one; the caller looks whether it is the right
   * one. Null for none.
   */
  public T get(int hash) {
    return places.get(place(hash));
  }

  public void keep(int hash, T made) {
    places.set(place(hash), made);
  }

  private static int place(int hash) {
    return hash * SPREAD >>> Integer.SIZE - BITS;
  }
}
