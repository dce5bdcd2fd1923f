package dev.meshagent.dist;

import static dev.meshagent.dist.ForkedJvm.agent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an application in a JVM with the packaged agent sees of it: as little as can be. */
@Timeout(600)
class AgentIT {
  private static final String TOOK_CONNECTION = "accepted true";

  @TempDir Path directory;

  static List<String> jdks() {
    return ForkedJvm.homes();
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void theApplicationRunsAsItDoesAlone(String jdk) throws Exception {
    ForkedJvm alone = ForkedJvm.run(jdk, LookingApplication.class);
    ForkedJvm with = ForkedJvm.run(jdk, LookingApplication.class, agent("log.level=off"));
    assertThat(with.exit).isZero();
    assertThat(with.err).isEqualTo(alone.err).isEmpty();
    assertThat(lines(with.out)).doesNotContain("thread, daemon false");
    assertThat(with.out.replace("thread, daemon true\n", "")).isEqualTo(alone.out);
  }

  @Test
  void switchedOffItLeavesOneLineAndNothingElse() throws Exception {
    for (String[] options :
        new String[][] {{agent("enabled=false")}, {agent(""), "-Dmesh.enabled=false"}}) {
      ForkedJvm off = ForkedJvm.run(LookingApplication.class, options);
      assertThat(lines(off.err)).singleElement().asString().contains("mesh-agent", "off");
      assertThat(lines(off.out)).contains(TOOK_CONNECTION).noneMatch(l -> l.contains("thread"));
    }
  }

  @Test
  void theLineGoesToTheLogFileWhereThereIsOne() throws Exception {
    Path log = directory.resolve("agent.log");
    ForkedJvm off = ForkedJvm.run(LookingApplication.class, agent("enabled=false,log.file=" + log));
    assertThat(off.err).isEmpty();
    assertThat(new String(Files.readAllBytes(log), StandardCharsets.UTF_8)).contains("off");
  }

  @Test
  void aMistypedKeyIsReportedAndAWrongControllerKeepsTheMeshOff() throws Exception {
    ForkedJvm typo = ForkedJvm.run(LookingApplication.class, agent("sevice=orders"));
    assertThat(typo.err).contains("sevice is not a key and is ignored; did you mean service?");
    ForkedJvm wrong =
        ForkedJvm.run(
            LookingApplication.class,
            "-javaagent:" + ForkedJvm.AGENT + "=controller=:x," + ForkedJvm.PATIENT);
    assertThat(wrong.err).contains("controller=':x'", "the mesh stays off");
    assertThat(lines(wrong.out)).contains(TOOK_CONNECTION);
  }

  @Test
  void anotherAgentBesideItChangesNothingInEitherOrder() throws Exception {
    String other = "-javaagent:" + OtherAgent.jar(directory);
    for (boolean otherFirst : new boolean[] {true, false}) {
      // The other one has loaded our target by the time we come, if it comes first.
      try (RecordingController controller = RecordingController.listening()) {
        String ours =
            "-javaagent:"
                + ForkedJvm.AGENT
                + "=service=both,cache.dir=,"
                + ForkedJvm.PATIENT
                + ",controller=127.0.0.1:"
                + controller.getPort();
        Process process =
            ForkedJvm.start(
                Arrays.asList(
                    otherFirst ? other : ours,
                    otherFirst ? ours : other,
                    "-cp",
                    "target/test-classes",
                    LookingApplication.class.getName(),
                    "keep"));
        try {
          controller.await(frame -> frame.contains("\"primary\":true"));
          process.getOutputStream().close();
          assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
          assertThat(process.exitValue()).isZero();
        } finally {
          process.destroyForcibly();
        }
      }
    }
  }

  @Test
  void asASecondCopyItStaysOff() throws Exception {
    ForkedJvm twice = ForkedJvm.run(LookingApplication.class, agent("log.level=info"), agent(""));
    assertThat(twice.err).contains("already has the agent");
    Path copy = directory.resolve("copy.jar");
    Files.copy(new File(ForkedJvm.AGENT).toPath(), copy);
    ForkedJvm copies =
        ForkedJvm.run(
            LookingApplication.class, agent(""), "-javaagent:" + copy + "=log.level=info");
    assertThat(copies.err).contains("already has the agent");
    assertThat(lines(copies.out)).contains(TOOK_CONNECTION);
  }

  @Test
  void goesOnAndLeavesProperlyWhenItsJarIsReplacedWhileItRuns() throws Exception {
    Path jar = directory.resolve("agent.jar");
    Files.copy(new File(ForkedJvm.AGENT).toPath(), jar);
    try (RecordingController controller = RecordingController.listening()) {
      Process process =
          ForkedJvm.start(
              Arrays.asList(
                  "-javaagent:"
                      + jar
                      + "=service=replaced,cache.dir=,"
                      + ForkedJvm.PATIENT
                      + ",controller=127.0.0.1:"
                      + controller.getPort(),
                  "-cp",
                  "target/test-classes",
                  LookingApplication.class.getName(),
                  "keep"));
      try {
        controller.await(frame -> frame.contains("\"primary\":true"));
        // By then the start is long over, and the jar is in memory.
        controller.await(frame -> frame.contains("renew") || frame.contains("telemetry"));
        Files.write(jar, new byte[1000]);
        process.getOutputStream().close();
        controller.await(frame -> frame.contains("leave"));
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
      } finally {
        process.destroyForcibly();
      }
    }
  }

  @Test
  void anApplicationInModulesIsServedToo() throws Exception {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    assumeThat(System.getProperty("java.specification.version")).doesNotStartWith("1.");
    Path source = Files.createDirectories(directory.resolve("src/app"));
    Path main = source.resolve("Main.java");
    Files.write(
        main,
        Arrays.asList(
            "package app;",
            "public class Main {",
            "  public static void main(String[] arguments) throws Exception {",
            "    try (java.net.ServerSocket s = new java.net.ServerSocket(0);",
            "        java.net.Socket c = new java.net.Socket(s.getInetAddress(), s.getLocalPort());",
            "        java.net.Socket a = s.accept()) {",
            "      System.out.println(\"accepted \" + a.isConnected());",
            "    }",
            "  }",
            "}"));
    Path info = directory.resolve("src/module-info.java");
    Files.write(info, Arrays.asList("module app { }"));
    Path classes = directory.resolve("classes");
    assertThat(
            compiler.run(
                null, null, null, "-d", classes.toString(), info.toString(), main.toString()))
        .isZero();
    ForkedJvm modular =
        ForkedJvm.run(
            Arrays.asList(
                agent("log.level=debug"), "-p", classes.toString(), "-m", "app/app.Main"));
    assertThat(lines(modular.out)).containsExactly(TOOK_CONNECTION);
    assertThat(modular.err).contains("server-socket is applied").doesNotContain("ERROR");
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void anAotCacheIsRecordedWithoutItAndUsedWithIt(String jdk) throws Exception {
    assumeThat(new File(jdk, "lib/modules")).exists();
    ForkedJvm flags = ForkedJvm.run(jdk, Arrays.asList("-XX:+PrintFlagsFinal", "-version"));
    assumeThat(flags.out).contains("AOTCacheOutput");
    String cache = directory.resolve("application.aot").toString();
    Path jar = directory.resolve("application.jar");
    ForkedJvm.pack(jar.toFile(), LookingApplication.class, "Main-Class");
    List<String> main = Arrays.asList("-cp", jar.toString(), LookingApplication.class.getName());
    ForkedJvm recorded = ForkedJvm.run(jdk, with(main, "-XX:AOTCacheOutput=" + cache, agent("")));
    assertThat(lines(recorded.out)).contains(TOOK_CONNECTION);
    assertThat(recorded.err).contains("stays off: this run records an AOT cache");
    ForkedJvm used =
        ForkedJvm.run(
            jdk, with(main, "-XX:AOTMode=on", "-XX:AOTCache=" + cache, agent("log.level=debug")));
    assertThat(used.exit).isZero();
    assertThat(lines(used.out)).contains(TOOK_CONNECTION);
    assertThat(used.err).contains("server-socket is applied").doesNotContain("ERROR");
  }

  private static List<String> with(List<String> main, String... options) {
    List<String> all = new ArrayList<>(Arrays.asList(options));
    all.addAll(main);
    return all;
  }

  @Test
  void theJarShowsTheJvmItsEntryOnlyAndCarriesTheLicencesOfWhatItBundles() throws Exception {
    try (JarFile jar = new JarFile(ForkedJvm.AGENT)) {
      List<String> visible =
          jar.stream()
              .map(entry -> entry.getName())
              .filter(name -> name.endsWith(".class") && !name.startsWith("agent/"))
              .collect(Collectors.toList());
      assertThat(visible)
          .isNotEmpty()
          .allMatch(
              name ->
                  name.startsWith("dev/meshagent/boot/")
                      || name.equals("java/lang/MeshAgentDispatch.class"));
      TreeSet<String> licensed =
          jar.stream()
              .map(entry -> entry.getName())
              .filter(name -> name.matches("META-INF/licenses/[^/]+/.+"))
              .map(name -> name.split("/")[2])
              .collect(Collectors.toCollection(TreeSet::new));
      assertThat(licensed).contains("asm", "jackson-core", "HdrHistogram", "re2j");
    }
    assertThat(new File(ForkedJvm.AGENT).length()).isLessThan(12_000_000);
  }

  private static List<String> lines(String text) {
    return text.isEmpty() ? Arrays.asList() : Arrays.asList(text.split("\n"));
  }
}
