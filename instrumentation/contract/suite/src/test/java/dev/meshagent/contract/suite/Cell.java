package dev.meshagent.contract.suite;

import java.nio.file.Path;
import java.util.List;

/**
 * One forked JVM: a version of a library on a JDK, with the agent or without.
 *
 * @param jdk feature version
 * @param namespace of its own, so that cells can run at the same time
 */
record Cell(
    VersionMatrix.Row row,
    int jdk,
    Path javaHome,
    boolean mesh,
    String namespace,
    List<Path> libraryPath) {

  String title() {
    return (row.version().equals("jdk") ? row.library() : row.library() + " " + row.version())
        + " on JDK "
        + jdk
        + (mesh ? ", with the agent" : ", without the agent");
  }

  String mode() {
    return mesh ? "mesh" : "direct";
  }

  /** For the names of files. */
  String slug() {
    return row.library() + "-" + row.version() + "-" + jdk + "-" + mode();
  }
}
