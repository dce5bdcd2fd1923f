package dev.meshagent.testbed;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A java command line in the making. Not thread-safe.
 *
 * <p>Says nothing of the agent by itself: {@link #option} adds {@code -javaagent:} where wanted.
 */
public final class JavaCommand {
  private final Path javaHome;
  private final List<String> options = new ArrayList<>();
  private final List<String> program = new ArrayList<>();

  private JavaCommand(Path javaHome) {
    this.javaHome = javaHome;
  }

  /** The JDK that runs this very code. */
  public static JavaCommand ofThisJdk() {
    return of(Path.of(System.getProperty("java.home")));
  }

  public static JavaCommand of(Path javaHome) {
    return new JavaCommand(javaHome);
  }

  /** Adds options of the JVM, such as {@code -Xmx64m}. */
  public JavaCommand option(String... more) {
    options.addAll(List.of(more));
    return this;
  }

  /** Runs a class of a jar. */
  public JavaCommand main(Path jar, String className, String... args) {
    return main(jar.toString(), className, args);
  }

  /** Runs a class of a class path. */
  public JavaCommand main(String classPath, String className, String... args) {
    program.addAll(List.of("-cp", classPath, className));
    program.addAll(List.of(args));
    return this;
  }

  /** Runs a jar by its manifest. */
  public JavaCommand jar(Path jar, String... args) {
    program.addAll(List.of("-jar", jar.toString()));
    program.addAll(List.of(args));
    return this;
  }

  /** What is handed to the operating system. */
  public List<String> words() {
    List<String> words = new ArrayList<>();
    words.add(javaHome.resolve("bin").resolve("java").toString());
    words.addAll(options);
    words.addAll(program);
    return words;
  }
}
