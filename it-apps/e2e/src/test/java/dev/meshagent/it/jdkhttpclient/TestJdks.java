package dev.meshagent.it.jdkhttpclient;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * The JDKs that a suite is run on: the current one, and those that the environment variable {@code
 * MESH_TEST_JDKS} names by their homes.
 */
final class TestJdks {
  private static final String VARIABLE = "MESH_TEST_JDKS";

  private TestJdks() {}

  /** Homes by feature release; says on a visible line what is missing of 11, 17 and 25. */
  static Map<Integer, Path> byRelease() {
    Map<Integer, Path> jdks = new LinkedHashMap<>();
    jdks.put(Runtime.version().feature(), Path.of(System.getProperty("java.home")));
    String homes = System.getenv(VARIABLE);
    if (homes != null) {
      Stream.of(homes.split(File.pathSeparator))
          .filter(home -> !home.isBlank())
          .map(Path::of)
          .forEach(home -> jdks.putIfAbsent(release(home), home));
    }
    Stream.of(11, 17, 25)
        .filter(release -> !jdks.containsKey(release))
        .forEach(
            release ->
                System.out.println("SKIPPED on JDK " + release + ": no home of it in " + VARIABLE));
    return jdks;
  }

  private static int release(Path home) {
    Properties release = new Properties();
    try (InputStream in = Files.newInputStream(home.resolve("release"))) {
      release.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(home + " in " + VARIABLE + " is no JDK: " + e, e);
    }
    return Runtime.Version.parse(release.getProperty("JAVA_VERSION").replace("\"", "")).feature();
  }
}
