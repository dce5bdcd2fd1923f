package dev.meshagent.runtime.control;

/** Counts what the controller says and this version does not know. For one thread. */
final class UnknownFields {
  private long count;

  void add() {
    count++;
  }

  long count() {
    return count;
  }
}
