package dev.meshagent.testbed;

import java.io.File;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The JDKs of this machine by their feature release: the one that runs the build, and those whose
 * homes the environment variable {@code MESH_TEST_JDKS} lists.
 */
public record Jdks(Map<Integer, Path> homes) {
  private static final String VARIABLE = "MESH_TEST_JDKS";

  /** Throws if a home that is listed is none. */
  public static Jdks found() {
    Map<Integer, Path> homes = new TreeMap<>();
    String listed = System.getenv(VARIABLE);
    if (listed != null) {
      Stream.of(listed.split(File.pathSeparator))
          .filter(home -> !home.isBlank())
          .map(Path::of)
          .forEach(home -> homes.put(feature(home), home));
    }
    homes.put(Runtime.version().feature(), Path.of(System.getProperty("java.home")));
    return new Jdks(homes);
  }

  private static int feature(Path home) {
    Properties release = new Properties();
    try (Reader in = Files.newBufferedReader(home.resolve("release"))) {
      release.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(home + " in " + VARIABLE + " is no JDK: " + e, e);
    }
    String version = release.getProperty("JAVA_VERSION", "").replace("\"", "");
    // Java 8 calls itself 1.8.0_504.
    return Runtime.Version.parse(version.startsWith("1.") ? version.substring(2, 3) : version)
        .feature();
  }

  /**
   * Empty if this machine has no such JDK, which is then said on a visible line.
   *
   * @param user what is not run without it
   */
  public Optional<Path> home(int version, String user) {
    Path home = homes.get(version);
    if (home == null) {
      System.out.println("SKIPPED " + user + ": no home of a JDK " + version + " in " + VARIABLE);
    }
    return Optional.ofNullable(home);
  }
}
