package dev.meshagent.contract.suite;

/**
 * What became of one behaviour.
 *
 * @param detail how it failed, or why it was skipped
 */
record Result(String behaviour, Verdict verdict, String detail) {
  enum Verdict {
    PASS,
    FAIL,
    SKIP
  }

  /**
   * @param otherwise what is said if it does not hold
   */
  static Result judged(String behaviour, boolean holds, String otherwise) {
    return new Result(behaviour, holds ? Verdict.PASS : Verdict.FAIL, holds ? "" : otherwise);
  }
}
