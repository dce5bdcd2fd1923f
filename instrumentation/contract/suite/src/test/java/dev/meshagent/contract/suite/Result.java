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
}
