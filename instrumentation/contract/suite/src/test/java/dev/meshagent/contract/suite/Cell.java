package dev.meshagent.contract.suite;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * One forked JVM: a version of a library on a JDK, with the agent or without.
 *
 * @param jdk feature version
 * @param mode what it has to do with the agent
 * @param namespace of its own, so that cells can run at the same time
 */
record Cell(
    VersionMatrix.Row row,
    int jdk,
    Path javaHome,
    Mode mode,
    String namespace,
    List<Path> libraryPath) {

  String title() {
    return (row.version().equals("jdk") ? row.library() : row.library() + " " + row.version())
        + " on JDK "
        + jdk
        + switch (mode) {
          case DIRECT -> ", without the agent";
          case MESH -> ", with the agent";
          case SABOTAGED -> ", with advice that throws";
          case MISFIT -> ", to be left alone by the agent";
        };
  }

  /** The behaviours that are asked; empty for all. */
  List<String> asked() {
    return row.fixture().startsWith("framework.") ? Mode.Some.OF_FRAMEWORKS : mode.asked;
  }

  /** As in system properties and data files. */
  String modeName() {
    return mode.name().toLowerCase(Locale.ROOT);
  }

  /** For the names of files. */
  String slug() {
    return row.library() + "-" + row.version().replace(", ", "-") + "-" + jdk + "-" + modeName();
  }
}
