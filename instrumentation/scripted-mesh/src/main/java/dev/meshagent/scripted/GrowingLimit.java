package dev.meshagent.scripted;

/**
 * For a test of a limit of time before which something else has to happen, which a busy machine may
 * be too slow for: such a round shows nothing, and the next one has twice the time.
 */
public final class GrowingLimit {
  private GrowingLimit() {}

  /** What is tried with one limit. */
  public interface Round<T> {
    /**
     * @return what it shows; null if the machine was too busy for it to show anything
     */
    T within(long millis) throws Exception;
  }

  /**
   * What the first round shows that shows anything; the test's own timeout ends those that never
   * do.
   *
   * @param millis the first limit
   */
  public static <T> T from(long millis, Round<T> round) throws Exception {
    for (long limit = millis; ; limit *= 2) {
      T shown = round.within(limit);
      if (shown != null) {
        return shown;
      }
    }
  }
}
