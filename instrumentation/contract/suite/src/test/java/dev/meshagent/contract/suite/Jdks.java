package dev.meshagent.contract.suite;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/**
 * The JDKs of this machine: the one that runs the build and those that {@code MESH_TEST_JDKS}
 * lists.
 */
record Jdks(Map<Integer, Path> homes) {

  static Jdks found() throws IOException {
    Map<Integer, Path> homes = new TreeMap<>();
    String listed = System.getenv("MESH_TEST_JDKS");
    if (listed != null) {
      for (String home : listed.split(":")) {
        if (Files.isRegularFile(Path.of(home, "release"))) {
          homes.put(feature(Path.of(home)), Path.of(home));
        }
      }
    }
    homes.put(Runtime.version().feature(), Path.of(System.getProperty("java.home")));
    return new Jdks(homes);
  }

  private static int feature(Path home) throws IOException {
    Properties release = new Properties();
    try (Reader in = Files.newBufferedReader(home.resolve("release"))) {
      release.load(in);
    }
    String version = release.getProperty("JAVA_VERSION").replace("\"", "");
    return Runtime.Version.parse(version.startsWith("1.") ? version.substring(2, 3) : version)
        .feature();
  }

  /** Empty if this machine has no such JDK. */
  Optional<Path> home(int version) {
    return Optional.ofNullable(homes.get(version));
  }
}
