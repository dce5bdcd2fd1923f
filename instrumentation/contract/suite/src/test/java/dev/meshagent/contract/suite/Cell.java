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
 * @param again the behaviour that is repeated; null for a cell that runs for the first time
 */
record Cell(
    VersionMatrix.Row row,
    int jdk,
    Path javaHome,
    Mode mode,
    String namespace,
    List<Path> libraryPath,
    String again) {

  /** What is judged of the process itself when its behaviours are through. */
  static final String THE_END = "theProcessEnds";

  /**
   * The same once more, in a namespace of its own.
   *
   * @param time 2 for the first repetition
   * @param behaviour the only one that is asked, but for the end of the process, which all lead to
   */
  Cell repeated(int time, String behaviour) {
    String own = namespace + "-" + time + "-" + behaviour.toLowerCase(Locale.ROOT);
    return new Cell(row, jdk, javaHome, mode, own, libraryPath, behaviour);
  }

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
    if (again != null && !again.equals(THE_END)) {
      return List.of(again);
    }
    return row.fixture().startsWith("framework.") ? Mode.Some.OF_FRAMEWORKS : mode.asked;
  }

  /** As in system properties and data files. */
  String modeName() {
    return mode.name().toLowerCase(Locale.ROOT);
  }

  /** For the names of files. */
  String slug() {
    return row.library()
        + "-"
        + row.version().replace(", ", "-")
        + "-"
        + jdk
        + "-"
        + modeName()
        + (again == null ? "" : "-" + namespace);
  }
}
