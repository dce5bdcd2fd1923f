package dev.meshagent.engine.balance;

/**
 * This process's place among those that serve the same service: what lets them divide a large
 * service between them evenly. Immutable.
 */
public final class Peers {
  /** Nothing is known: each process uses all endpoints. */
  public static final Peers UNKNOWN = new Peers(0, 1);

  /** From 0 to below {@link #count}. */
  public final int index;

  public final int count;

  public Peers(int index, int count) {
    if (count < 1 || index < 0 || index >= count) {
      throw new IllegalArgumentException("no place among peers: " + index + " of " + count);
    }
    this.index = index;
    this.count = count;
  }
}
