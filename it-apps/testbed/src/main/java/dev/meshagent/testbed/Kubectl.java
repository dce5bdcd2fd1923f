package dev.meshagent.testbed;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The real kubectl with a configuration of its own, none of the user's. Thread-safe. */
public final class Kubectl {
  private final String program;
  private final Map<String, String> environment;

  private Kubectl(String program, Map<String, String> environment) {
    this.program = program;
    this.environment = environment;
  }

  /** The one that MESH_TEST_KUBECTL names, else the first on the PATH. */
  public static Optional<String> program() {
    Stream<String> named = Stream.ofNullable(System.getenv("MESH_TEST_KUBECTL"));
    Stream<String> onPath =
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .map(folder -> Path.of(folder, "kubectl").toString());
    return Stream.concat(named, onPath)
        .filter(path -> Files.isExecutable(Path.of(path)))
        .findFirst();
  }

  /** True if there is one; says so if not, for tests that are skipped then. */
  public static boolean isThere() {
    boolean there = program().isPresent();
    if (!there) {
      System.out.println("SKIPPED: there is no kubectl; set MESH_TEST_KUBECTL to one");
    }
    return there;
  }

  /**
   * @param home where its configuration and cache are made
   * @param kubeconfig the text of its configuration
   * @throws java.util.NoSuchElementException if there is none
   */
  public static Kubectl at(Path home, String kubeconfig) {
    try {
      Path file = Files.createDirectories(home).resolve("kubeconfig");
      Files.writeString(file, kubeconfig);
      Map<String, String> environment = new HashMap<>();
      environment.put("KUBECONFIG", file.toString());
      environment.put("KUBECACHEDIR", home.resolve("cache").toString());
      environment.put("HOME", home.toString());
      environment.put("TMPDIR", home.toString());
      return new Kubectl(program().orElseThrow(), environment);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write into " + home + ": " + e.getMessage(), e);
    }
  }

  /** The same with a further environment variable. */
  public Kubectl with(String variable, String value) {
    Map<String, String> more = new HashMap<>(environment);
    more.put(variable, value);
    return new Kubectl(program, more);
  }

  /** Runs it to its end. */
  public Finished run(String... arguments) {
    return runWithInput("", arguments);
  }

  /** Runs it to its end with a standard input, which {@code -f -} reads. */
  public Finished runWithInput(String input, String... arguments) {
    return Finished.run(words(arguments), environment, input);
  }

  /** Starts one that goes on until it is destroyed, its errors among its output. */
  public Process begin(String... arguments) {
    ProcessBuilder builder = new ProcessBuilder(words(arguments)).redirectErrorStream(true);
    builder.environment().putAll(environment);
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + program + ": " + e.getMessage(), e);
    }
  }

  private List<String> words(String... arguments) {
    List<String> words = new ArrayList<>();
    words.add(program);
    words.addAll(List.of(arguments));
    return words;
  }
}
