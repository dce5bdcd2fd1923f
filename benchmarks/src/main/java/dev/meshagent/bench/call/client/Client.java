package dev.meshagent.bench.call.client;

/** One library, set up to call one service. Thread-safe: eight threads call at once. */
public interface Client {
  /**
   * Makes one call and reads its answer to the end.
   *
   * @throws Exception the library's own, or if the answer is not the one of success
   */
  void call() throws Exception;

  /** Fails unless it is the status of success. */
  static void check(int status) {
    if (status != 200) {
      throw new IllegalStateException("answered " + status);
    }
  }
}
