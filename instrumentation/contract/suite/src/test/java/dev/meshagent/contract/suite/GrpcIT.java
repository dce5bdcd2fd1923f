package dev.meshagent.contract.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.meshagent.testbed.Artifacts;
import dev.meshagent.testbed.ChildProcess;
import dev.meshagent.testbed.ControllerClient;
import dev.meshagent.testbed.Jdks;
import dev.meshagent.testbed.LocalMesh;
import dev.meshagent.testbed.Polling;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/**
 * gRPC: version × transport × JDK × case, the servers and the client in processes with the packaged
 * agent. {@code contract.scope=full} runs all rows, {@code contract.version} narrows them.
 */
final class GrpcIT {
  private static final boolean FULL = System.getProperty("contract.scope", "").equals("full");
  private static final String NEWEST = "1.85.1";
  private static final Duration CASES_TAKE_AT_MOST = Duration.ofMinutes(10);
  private static final Pattern RESULT = Pattern.compile("^@ (PASS|FAIL) (\\S+) ?(.*)$");
  private static final Pattern ASKED_OR_END = Pattern.compile("^@ (?:ASK (\\S+)|(END))$");

  private static MavenArtifacts maven;
  private static Jdks jdks;
  private static LocalMesh mesh;
  private static ControllerClient controller;
  private static GrpcJvms jvms;
  private static GrpcJvms sabotaged;
  private static final List<Integer> ports = new ArrayList<>();
  private static final List<Workload> ruled = new ArrayList<>();
  private static final List<String> table = new ArrayList<>();
  private static boolean allHeld = true;
  private static int runs;

  private record Row(
      String version, String transport, List<Integer> jdks, boolean sample, Mode mode) {
    static Row of(List<String> columns) {
      return new Row(
          columns.get(0),
          columns.get(1),
          Columns.words(columns.get(2)).stream().map(Integer::valueOf).toList(),
          columns.get(3).equals("yes"),
          Mode.valueOf(columns.get(4).toUpperCase(Locale.ROOT)));
    }
  }

  @BeforeAll
  static void startServers() throws Exception {
    maven = MavenArtifacts.open();
    jdks = Jdks.found();
    mesh = LocalMesh.create(Artifacts.ofSystemProperty());
    controller = mesh.startController();
    jvms = new GrpcJvms(mesh, maven, mesh.artifacts().agent());
    Path throwing = mesh.directory().resolve("mesh-agent-that-throws.jar");
    sabotaged = new GrpcJvms(mesh, maven, Sabotage.of(mesh.artifacts().agent(), throwing));
    for (String name : List.of("a", "b", "c")) {
      ports.add(LocalMesh.awaitPort(server(name, "echo")));
    }
    for (String rule : GrpcRules.ALL) {
      Rules.write(controller.uri(), "default", rule);
    }
    for (int server = 0; server < 2; server++) {
      ruled.add(Workload.register(controller.uri(), "default", "ruled", ports.get(server)));
    }
    ruled.add(Workload.register(controller.uri(), "default", "broken", ports.get(0)));
    Polling.until(
        () -> controller.readyWorkloads("echo") == 3,
        Duration.ofSeconds(60),
        () -> "the three servers did not get ready");
  }

  private static ChildProcess server(String name, String service) throws Exception {
    return jvms.start(
        service + "-" + name,
        GrpcJvms.thisJdk(),
        service,
        jvms.fixtures(NEWEST, "netty-shaded"),
        "dev.meshagent.contract.grpc.EchoServerMain",
        name);
  }

  @TestFactory
  Stream<DynamicNode> theCasesHold() throws IOException {
    String only = System.getProperty("contract.version");
    return Columns.read("/grpc-versions.txt", 5).stream()
        .map(Row::of)
        .filter(row -> FULL || row.sample() || only != null)
        .filter(row -> only == null || only.equals(row.version()))
        .flatMap(
            row ->
                row.jdks().stream()
                    .filter(jdk -> FULL || jdk == Runtime.version().feature())
                    .map(
                        jdk ->
                            dynamicContainer(
                                "gRPC " + row.version() + " " + row.transport() + " JDK " + jdk,
                                tests(row, jdk))));
  }

  /** Lazy: one row runs at a time. */
  private static Stream<DynamicNode> tests(Row row, int jdk) {
    return Stream.of(row)
        .flatMap(
            each -> {
              Optional<Path> home = jdks.home(jdk, "gRPC " + row.version());
              if (home.isEmpty()) {
                return Stream.empty();
              }
              try {
                return run(each, jdk, home.get());
              } catch (Exception e) {
                allHeld = false;
                return Stream.of(
                    dynamicTest(
                        "theProcessEnds",
                        () -> {
                          throw e;
                        }));
              }
            });
  }

  private static Stream<DynamicNode> run(Row row, int jdk, Path javaHome) throws Exception {
    String suffix = "r" + runs++;
    long errorsBefore = controller.agentEvents("agentErrors");
    try (Surroundings surroundings = new Surroundings(suffix)) {
      ChildProcess client =
          (row.mode() == Mode.SABOTAGED ? sabotaged : jvms)
              .start(
                  "client-" + suffix,
                  javaHome,
                  "client",
                  jvms.fixtures(row.version(), row.transport()),
                  "dev.meshagent.contract.grpc.GrpcCasesMain",
                  row.mode() == Mode.MESH ? "mesh" : "direct",
                  row.mode() == Mode.MESH ? "dns:///echo:8080" : "localhost:" + ports.get(0),
                  ports.get(0).toString(),
                  suffix);
      int seen = 0;
      while (true) {
        Matcher line = client.awaitLine(ASKED_OR_END, seen, CASES_TAKE_AT_MOST);
        if (line.group(1) == null) {
          break;
        }
        seen = client.lines().indexOf(line.group()) + 1;
        surroundings.change(line.group(1));
        client.tell("done");
      }
      return judged(row, jdk, client.lines(), errorsBefore);
    }
  }

  private static Stream<DynamicNode> judged(
      Row row, int jdk, List<String> lines, long errorsBefore) {
    List<DynamicNode> tests = new ArrayList<>();
    int passed = 0;
    for (String line : lines) {
      Matcher result = RESULT.matcher(line);
      if (result.find()) {
        allHeld &= result.group(1).equals("PASS");
        passed += result.group(1).equals("PASS") ? 1 : 0;
        System.out.println(row.version() + " " + row.transport() + ": " + line.substring(2));
        tests.add(
            dynamicTest(
                result.group(2),
                () -> assertThat(result.group(1)).as(String.join("\n", lines)).isEqualTo("PASS")));
      }
    }
    table.add(
        "| %s | %s | %d | %s | %d of %d |"
            .formatted(
                row.version(), row.transport(), jdk, shown(row.mode()), passed, tests.size()));
    tests.add(
        dynamicTest(
            "theAgentSaysWhatItShould",
            () -> {
              assertThat(lines).noneMatch(line -> line.matches("mesh-agent.*ERROR.*"));
              List<String> errors = AgentErrors.places(lines);
              // Each place is said once, however often it throws.
              assertThat(errors).doesNotHaveDuplicates();
              assertThat(errors.isEmpty()).isEqualTo(row.mode() != Mode.SABOTAGED);
              if (row.mode() == Mode.SABOTAGED) {
                AgentErrors.awaitCounted(errors, controller, errorsBefore);
              }
              assertThat(lines.stream().filter(line -> line.contains("grpc is not applied")))
                  .hasSize(row.mode() == Mode.MISFIT ? 1 : 0);
            }));
    return tests.stream();
  }

  private static String shown(Mode mode) {
    return switch (mode) {
      case MESH -> "through the mesh";
      case MISFIT -> "left alone, since it does not fit";
      case SABOTAGED -> "every advice throws";
      case DIRECT -> "without the agent";
    };
  }

  /** Kept in the docs when all rows were run. */
  private static void keepTable() throws IOException {
    String text =
        """
        # gRPC: what was run

        Made by the build: `mvn verify -Pfull`. Each row is a process of its own with the packaged agent, which calls servers
        in other processes with the agent; the cases are in `instrumentation/contract/fixtures`, package `grpc`. gRPC's own interop
        programs are run beside them (`GrpcInteropIT`).

        | gRPC | transport | JDK | what is shown | cases passed |
        |---|---|---|---|---|
        """;
    Files.writeString(
        mesh.artifacts().home().resolve("docs/compatibility-grpc.md"),
        text + String.join("\n", table) + "\n");
  }

  /** The services of one run alone, and what becomes of them. */
  private static final class Surroundings implements AutoCloseable {
    private final String suffix;
    private final List<Workload> workloads = new ArrayList<>();

    /** Bound, so that nobody else takes its port, but not listening. */
    private final Socket refusing = new Socket();

    private final ChildProcess mortal;
    private final Workload leaving;

    Surroundings(String suffix) throws Exception {
      this.suffix = suffix;
      refusing.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      register("flaky", refusing.getLocalPort());
      register("flaky", ports.get(0));
      leaving = register("moving", ports.get(0));
      register("mortal", ports.get(0));
      mortal = server("m", "mortal-" + suffix);
      Polling.until(
          () -> controller.readyWorkloads("mortal-" + suffix) == 2,
          Duration.ofSeconds(60),
          () -> "the mortal server did not get ready");
    }

    private Workload register(String service, int port) {
      Workload workload =
          Workload.register(controller.uri(), "default", service + "-" + suffix, port);
      workloads.add(workload);
      return workload;
    }

    void change(String what) {
      switch (what) {
        case "kill" -> mortal.kill();
        case "late" -> register("late", ports.get(0));
        case "moving" -> {
          register("moving", ports.get(1));
          leaving.close();
        }
        default -> throw new IllegalArgumentException(what);
      }
    }

    @Override
    public void close() throws IOException {
      workloads.forEach(Workload::close);
      refusing.close();
      mortal.kill();
    }
  }

  @AfterAll
  static void stop() throws Exception {
    if (allHeld) {
      mesh.discardLogs();
    }
    if (FULL && System.getProperty("contract.version") == null) {
      keepTable();
    }
    ruled.forEach(Workload::close);
    mesh.close();
    maven.close();
  }
}
