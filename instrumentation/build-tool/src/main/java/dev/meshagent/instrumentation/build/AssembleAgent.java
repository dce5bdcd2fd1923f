package dev.meshagent.instrumentation.build;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * Run by the build of the agent's jar: lays out what goes into it.
 *
 * <pre>
 *   dev/meshagent/boot/**, java/lang/*     the few classes that the JVM finds by itself
 *   META-INF/mesh/targets.txt              the classes that the gate looks for
 *   META-INF/licenses/&lt;artifact&gt;/          the licences of what is bundled
 *   agent/**                               everything else, hidden from the system loader
 * </pre>
 */
public final class AssembleAgent {
  private static final String BOOTSTRAP = "agent-bootstrap";
  private static final String TARGETS = "META-INF/mesh/targets/";

  private final Path out;
  private final Path licences;
  private final TreeSet<String> targets = new TreeSet<>();

  private AssembleAgent(Path out, Path licences) {
    this.out = out;
    this.licences = licences;
  }

  /**
   * @param arguments the directory to fill, the directory of the jars to bundle, one of licences
   *     for libraries that carry none, each in {@code <artifact>/}, and the agent's own licence
   */
  public static void main(String[] arguments) throws IOException {
    Path out = Path.of(arguments[0]);
    new AssembleAgent(out, Path.of(arguments[2])).add(Path.of(arguments[1]));
    Files.copy(Path.of(arguments[3]), out.resolve("META-INF/LICENSE"));
  }

  private void add(Path jars) throws IOException {
    clear(out);
    List<Path> sorted = new ArrayList<>();
    try (Stream<Path> files = Files.list(jars)) {
      files.filter(file -> file.toString().endsWith(".jar")).sorted().forEach(sorted::add);
    }
    for (Path jar : sorted) {
      // Named without versions by the build.
      String artifact = jar.getFileName().toString().replaceFirst("[.]jar$", "");
      try (JarFile file = new JarFile(jar.toFile())) {
        if (artifact.equals(BOOTSTRAP)) {
          unpack(file, "");
        } else {
          unpack(file, "agent/");
          addLicences(file, artifact);
        }
      }
    }
    // A jar that is no longer a dependency must not be bundled by the next build.
    clear(jars);
    Path list = out.resolve("META-INF/mesh/targets.txt");
    Files.createDirectories(list.getParent());
    Files.writeString(list, String.join("\n", targets) + "\n");
  }

  /** What an earlier build left would otherwise be appended to, or stay. */
  private static void clear(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> old = Files.walk(directory)) {
        for (Path path : (Iterable<Path>) old.sorted(Comparator.reverseOrder())::iterator) {
          Files.delete(path);
        }
      }
    }
  }

  private void unpack(JarFile jar, String prefix) throws IOException {
    for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
      JarEntry entry = entries.nextElement();
      String name = entry.getName();
      if (entry.isDirectory() || !isWanted(name)) {
        continue;
      }
      try (InputStream in = jar.getInputStream(entry)) {
        if (name.startsWith(TARGETS)) {
          new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().forEach(targets::add);
        } else if (name.startsWith("META-INF/services/")) {
          append(out.resolve(prefix + name), in.readAllBytes());
        } else {
          Path file = out.resolve(prefix + name);
          Files.createDirectories(file.getParent());
          Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  /**
   * Left out: descriptors of modules and of Maven, variants for newer JDKs, signatures, licences.
   */
  private static boolean isWanted(String name) {
    if (name.startsWith("META-INF/")) {
      return name.startsWith("META-INF/mesh/") || name.startsWith("META-INF/services/");
    }
    return !name.equals("module-info.class");
  }

  /** Modules of the agent list their services under the same name, so the files are joined. */
  private static void append(Path file, byte[] lines) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    Files.writeString(file, "\n", StandardOpenOption.APPEND);
  }

  private void addLicences(JarFile jar, String artifact) throws IOException {
    Path directory = out.resolve("META-INF/licenses/" + artifact);
    boolean found = false;
    for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
      JarEntry entry = entries.nextElement();
      String file = entry.getName().replaceFirst("^META-INF/", "");
      if (!entry.isDirectory()
          && file.matches("(?i)(.*[-.])?(licen[cs]es?|notice|copying)([/.-].*)?")) {
        Path copy = directory.resolve(file);
        Files.createDirectories(copy.getParent());
        try (InputStream in = jar.getInputStream(entry)) {
          Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
        }
        found |= file.toLowerCase(Locale.ROOT).contains("licen");
      }
    }
    Path own = licences.resolve(artifact);
    if (Files.isDirectory(own)) {
      try (Stream<Path> files = Files.list(own)) {
        for (Path file : (Iterable<Path>) files::iterator) {
          Files.createDirectories(directory);
          Files.copy(
              file, directory.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
      }
      found = true;
    }
    boolean ours = artifact.startsWith("agent-") || artifact.startsWith("instrumentation-");
    if (!found && !ours) {
      throw new IllegalStateException(
          artifact + " carries no licence; put its text into " + own + " and bundle it");
    }
  }
}
