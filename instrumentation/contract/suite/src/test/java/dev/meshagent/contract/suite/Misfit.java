package dev.meshagent.contract.suite;

import java.util.List;

/**
 * How a version does not fit its adapter.
 *
 * @param method one that is advised and that it has under another name, with the beginning of its
 *     descriptor; empty if the version is as it was published, and too old
 * @param module of the JDK that has it; empty if the library is no part of the JDK
 */
record Misfit(String method, String module) {

  /**
   * @param words the column of {@code versions.txt} behind the word {@code misfit}
   */
  static Misfit of(List<String> words) {
    return new Misfit(words.isEmpty() ? "" : words.get(0), words.size() < 2 ? "" : words.get(1));
  }

  boolean published() {
    return method.isEmpty();
  }
}
