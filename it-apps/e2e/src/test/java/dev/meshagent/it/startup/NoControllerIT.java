package dev.meshagent.it.startup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.testbed.Artifacts;
import dev.meshagent.testbed.ChildProcess;
import dev.meshagent.testbed.JavaCommand;
import dev.meshagent.testbed.LocalMesh;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An application under the agent where no controller ever was. */
class NoControllerIT {
  /**
   * What waiting for the names may cost, once per process and counted from premain; so long that
   * what takes less did not wait, on a busy machine too.
   */
  private static final long NAMES_WAIT_MILLIS = 10_000;

  /** A call of its own loads hundreds of classes. */
  private static final long SLACK_MILLIS = 8_000;

  @Test
  void behavesAsWithoutTheAgentAfterABoundedWait() throws IOException {
    try (LocalMesh mesh = LocalMesh.create(Artifacts.ofSystemProperty());
        Socket nobody = bound()) {
      ChildProcess without = run(mesh, "without-agent", 0);
      ChildProcess with = run(mesh, "with-agent", 0, agent(mesh, nobody));

      assertThat(results(without)).hasSize(24);
      assertThat(results(with)).isEqualTo(results(without));

      assertThat(took(with, "literal")).isLessThan(took(without, "literal") + SLACK_MILLIS);
      assertThat(took(with, "localhost")).isLessThan(NAMES_WAIT_MILLIS / 2);
      assertThat(took(with, "returning")).isLessThan(NAMES_WAIT_MILLIS / 2);
      assertThat(took(with, "executor")).isLessThan(NAMES_WAIT_MILLIS / 2);
      assertThat(took(with, "async"))
          .isLessThan(took(without, "async") + NAMES_WAIT_MILLIS + SLACK_MILLIS);
      assertThat(took(with, "again")).isLessThan(NAMES_WAIT_MILLIS / 2);
      assertThat(took(with, "unknown"))
          .isLessThan(took(without, "unknown") + NAMES_WAIT_MILLIS / 2);
      mesh.discardLogs();
    }
  }

  @Test
  void doesNotWaitAtAllOnceTheProcessIsOlderThanThat() throws IOException {
    try (LocalMesh mesh = LocalMesh.create(Artifacts.ofSystemProperty());
        Socket nobody = bound()) {
      // Premain is some time after the start of the process.
      ChildProcess late = run(mesh, "late", 2 * NAMES_WAIT_MILLIS, agent(mesh, nobody));

      assertThat(took(late, "async")).isLessThan(NAMES_WAIT_MILLIS);
      assertThat(took(late, "again")).isLessThan(NAMES_WAIT_MILLIS / 2);
      mesh.discardLogs();
    }
  }

  private static String[] agent(LocalMesh mesh, Socket nobody) {
    return new String[] {
      "-javaagent:" + mesh.artifacts().agent(),
      "-Dmesh.service=lonely",
      "-Dmesh.controller=ws://127.0.0.1:" + nobody.getLocalPort(),
      "-Dmesh.startup.wait.ms=" + NAMES_WAIT_MILLIS,
      "-Dmesh.cache.dir=" + mesh.directory().resolve("cache"),
    };
  }

  private static ChildProcess run(
      LocalMesh mesh, String name, long callsNobodyBeforeMillis, String... options)
      throws IOException {
    Path hosts = mesh.directory().resolve("hosts");
    Files.writeString(hosts, "127.0.0.1 localhost\n127.0.0.1 payments\n");
    ChildProcess process =
        mesh.start(
            name,
            JavaCommand.ofThisJdk()
                .option("-Djdk.net.hosts.file=" + hosts)
                .option(options)
                .main(
                    mesh.artifacts().fixtures(),
                    "dev.meshagent.fixtures.FirstCalls",
                    "payments",
                    "nobody-has-this-name",
                    Long.toString(callsNobodyBeforeMillis)));
    assertThat(process.awaitExit(Duration.ofSeconds(120))).as("exit code of %s", name).isZero();
    return process;
  }

  /** Holds a port and does not listen on it. */
  private static Socket bound() throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    return socket;
  }

  private static List<String> results(ChildProcess process) {
    return process.lines().stream().filter(line -> line.startsWith("result ")).toList();
  }

  private static long took(ChildProcess process, String what) {
    String prefix = "took " + what + " ";
    return process.lines().stream()
        .filter(line -> line.startsWith(prefix))
        .mapToLong(line -> Long.parseLong(line.substring(prefix.length())))
        .findFirst()
        .orElseThrow();
  }
}
