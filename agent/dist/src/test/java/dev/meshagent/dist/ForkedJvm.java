package dev.meshagent.dist;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** A JVM that was run to its end, and what it wrote. */
final class ForkedJvm {
  static final String AGENT = System.getProperty("mesh.agent.jar", "target/mesh-agent.jar");

  private static final String HOME = System.getProperty("java.home");

  /** On a busy machine the agent may not be there within the default. */
  static final String PATIENT = "startup.wait.ms=60000";

  /** Nobody listens there. */
  private static final String NO_CONTROLLER = "controller=127.0.0.1:1,cache.dir=," + PATIENT;

  final int exit;
  final String out;
  final String err;

  private ForkedJvm(int exit, String out, String err) {
    this.exit = exit;
    this.out = out;
    this.err = err;
  }

  /** The option that adds the agent, off the machine's controller and cache. */
  static String agent(String arguments) {
    return "-javaagent:"
        + AGENT
        + "="
        + NO_CONTROLLER
        + (arguments.isEmpty() ? "" : ",")
        + arguments;
  }

  /** The JDK of this test, and those that {@code MESH_TEST_JDKS} names by their homes. */
  static List<String> homes() {
    List<String> homes = new ArrayList<>();
    homes.add(HOME);
    String further = System.getenv("MESH_TEST_JDKS");
    if (further != null) {
      for (String home : further.split(":")) {
        if (new File(home, "bin/java").canExecute()) {
          homes.add(home);
        }
      }
    }
    return homes;
  }

  private static String java(String home) {
    return Paths.get(home, "bin", "java").toString();
  }

  static ForkedJvm run(Class<?> main, String... options) throws Exception {
    return run(HOME, main, options);
  }

  static ForkedJvm run(List<String> arguments) throws Exception {
    return run(HOME, arguments);
  }

  /** Runs a class of the tests, with the tests' classes alone on its class path. */
  static ForkedJvm run(String home, Class<?> main, String... options) throws Exception {
    List<String> all = new ArrayList<>(Arrays.asList(options));
    all.add("-cp");
    all.add(new File("target/test-classes").getPath());
    all.add(main.getName());
    return run(home, all);
  }

  static ForkedJvm run(String home, List<String> arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(java(home));
    command.addAll(arguments);
    Path err = Files.createTempFile("forked", ".err");
    try {
      Process process = new ProcessBuilder(command).redirectError(err.toFile()).start();
      String out = read(process.getInputStream());
      if (!process.waitFor(120, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(command + " did not end; it wrote " + out);
      }
      return new ForkedJvm(
          process.exitValue(), out, new String(Files.readAllBytes(err), StandardCharsets.UTF_8));
    } finally {
      Files.delete(err);
    }
  }

  /**
   * Packs a class alone into a jar.
   *
   * @param attributes of the manifest: the first names the class, the others are true
   */
  static void pack(File file, Class<?> type, String... attributes) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    for (int i = 0; i < attributes.length; i++) {
      manifest.getMainAttributes().putValue(attributes[i], i == 0 ? type.getName() : "true");
    }
    String entry = type.getName().replace('.', '/') + ".class";
    try (JarOutputStream jar = new JarOutputStream(new FileOutputStream(file), manifest);
        InputStream in = type.getResourceAsStream("/" + entry)) {
      jar.putNextEntry(new JarEntry(entry));
      byte[] buffer = new byte[4096];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        jar.write(buffer, 0, count);
      }
      jar.closeEntry();
    }
  }

  /** Starts a JVM whose output goes to the test's own. */
  static Process start(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(java(HOME));
    command.addAll(arguments);
    return new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .redirectOutput(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static String read(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] buffer = new byte[4096];
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      bytes.write(buffer, 0, count);
    }
    return new String(bytes.toByteArray(), StandardCharsets.UTF_8);
  }
}
