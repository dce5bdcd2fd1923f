package dev.meshagent.controller.store;

/** A resource is not at the version that a batch expected; nothing was changed. */
public final class Conflict extends Exception {
  private static final long serialVersionUID = 1;

  private final transient ResourceKey key;
  private final long expected;
  private final long actual;

  /**
   * @param expected {@link Batch#ABSENT} if it was not to exist
   * @param actual {@link Batch#ABSENT} if it does not exist
   */
  public Conflict(ResourceKey key, long expected, long actual) {
    super(key + " is at version " + actual + ", not " + expected);
    this.key = key;
    this.expected = expected;
    this.actual = actual;
  }

  public ResourceKey key() {
    return key;
  }

  public long expected() {
    return expected;
  }

  public long actual() {
    return actual;
  }
}
