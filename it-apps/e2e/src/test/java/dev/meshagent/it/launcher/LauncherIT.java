package dev.meshagent.it.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.testbed.Artifacts;
import dev.meshagent.testbed.ChildProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code ./mesh} as a script sees it: what it prints and its exit codes. */
class LauncherIT {
  private static final Duration RUNS_WITHIN = Duration.ofSeconds(60);

  @TempDir private Path directory;

  private final Artifacts artifacts = Artifacts.ofSystemProperty();

  private ChildProcess mesh(String... words) {
    List<String> command = new ArrayList<>();
    command.add(artifacts.home().resolve("mesh").toString());
    command.addAll(List.of(words));
    return ChildProcess.start("mesh", directory, command);
  }

  @Test
  void helpIsNoError() {
    ChildProcess help = mesh("help");
    assertThat(help.awaitExit(RUNS_WITHIN)).isZero();
    assertThat(help.lines().get(0)).isEqualTo("usage: mesh VERB …");
  }

  @ParameterizedTest
  @CsvSource({
    "'', no verb",
    "dmeo, unknown verb 'dmeo'",
    "bench, bench: startup",
    "run -- java -version, run: --service NAME is missing",
    "run --service a, run: no command after --",
    "run --service -- java, run: no value for --service",
    "run --servcie a -- java, run: unknown option --servcie",
    "'run --service a -- python x', 'run: the command after -- has to begin with java, not python'",
  })
  void whatIsNotUnderstoodIsSaidAndEndsWith2(String words, String said) {
    ChildProcess mesh = mesh(words.isEmpty() ? new String[0] : words.split(" "));
    assertThat(mesh.awaitExit(RUNS_WITHIN)).isEqualTo(2);
    assertThat(mesh.lines().get(0)).startsWith("mesh: " + said);
    assertThat(mesh.lines()).contains("usage: mesh VERB …");
  }

  @Test
  void aDemoOfNoLengthIsNotUnderstood() {
    ChildProcess demo = mesh("demo", "--seconds", "soon");
    assertThat(demo.awaitExit(RUNS_WITHIN)).isEqualTo(2);
    assertThat(demo.lines()).anyMatch(line -> line.startsWith("usage: mesh demo"));
  }

  @Test
  void runAddsTheAgentToAJavaCommandAndKeepsItsExitCode() {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String fixtures = artifacts.fixtures().toString();
    ChildProcess hello =
        mesh(
            "run",
            "--service",
            "hello",
            "--version",
            "v1",
            "--",
            java,
            "-Dmesh.enabled=false",
            "-cp",
            fixtures,
            "dev.meshagent.fixtures.HelloWorld");
    assertThat(hello.awaitExit(RUNS_WITHIN)).isZero();
    assertThat(hello.lines())
        .contains("Hello, world")
        .anyMatch(line -> line.startsWith("mesh-agent"));

    ChildProcess broken = mesh("run", "--service", "hello", "--", java, "NoSuchClass");
    assertThat(broken.awaitExit(RUNS_WITHIN)).isEqualTo(1);
  }
}
