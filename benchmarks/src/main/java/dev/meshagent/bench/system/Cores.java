package dev.meshagent.bench.system;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How a command is confined to one core of the machine. */
final class Cores {
  private static final Path TASKSET = Path.of("/usr/bin/taskset");

  private Cores() {}

  /**
   * The words to put before a command; the JVM then sees one processor.
   *
   * @throws IllegalStateException where there is no taskset
   */
  static List<String> one() {
    if (!Files.isExecutable(TASKSET)) {
      throw new IllegalStateException(
          "no " + TASKSET + ", which confines a process to one core; it comes with util-linux");
    }
    return List.of(TASKSET.toString(), "-c", "0");
  }
}
