package dev.meshagent.it.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.meshagent.testbed.Artifacts;
import dev.meshagent.testbed.ControllerClient;
import dev.meshagent.testbed.Finished;
import dev.meshagent.testbed.LocalMesh;
import dev.meshagent.testbed.MeshCli;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every verb of the packaged command line, against a controller's process, as a script uses it. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class VerbsIT {
  private static final char ESCAPE = 27;
  private static final String RULE =
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: %1$s, labels: {test: %1$s}}
      spec: {host: %1$s}
      """;

  private static LocalMesh mesh;
  private static MeshCli cli;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    mesh = LocalMesh.create(Artifacts.ofSystemProperty());
    ControllerClient controller = mesh.startController();
    cli = new MeshCli(mesh.artifacts(), controller.uri());
  }

  @AfterAll
  static void stop() {
    mesh.discardLogs();
    mesh.close();
  }

  private static JsonNode json(String... words) throws Exception {
    return new ObjectMapper().readTree(cli.run(words).endedWith(0).output());
  }

  private static String table(String... words) {
    return cli.run(words).endedWith(0).output();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "apply",
        "get",
        "explain",
        "convergence",
        "history",
        "rollback",
        "backup",
        "kubeconfig"
      })
  void tellsItsOptionsAndExitCodes(String verb) {
    assertThat(cli.run(verb, "--help").endedWith(0).output())
        .startsWith("Usage: mesh " + verb)
        .contains("--controller=URL", "--ca=FILE", "--token-file=FILE")
        .contains("Exit codes:", "3   no controller answers");
    assertThat(cli.run(verb, "--version").endedWith(0).output()).matches("mesh \\d.*\\R");
    assertThat(cli.run(verb, "--nonsense").endedWith(2).errors())
        .as("what was not understood, and what would be")
        .containsAnyOf("Unknown option", "Missing required")
        .contains("Usage: mesh " + verb);
  }

  @Test
  void whatIsAppliedIsShownInEveryForm() throws Exception {
    String document = RULE.formatted("shown");
    assertThat(cli.runWithInput(document, "apply", "--dry-run", "-f", "-").endedWith(0).output())
        .contains("created")
        .contains("nothing was changed");
    assertThat(cli.run("get", "dr", "shown").endedWith(1).errors()).contains("not found");
    String file = Files.writeString(folder.resolve("rule.yaml"), document).toString();
    assertThat(
            json("apply", "-f", file, "--wait", "-o", "json").at("/resources/0/outcome").asText())
        .isEqualTo("created");
    assertThat(cli.run("apply", "-f", file, "-o", "yaml").endedWith(0).output())
        .contains("outcome: unchanged");
    assertThat(table("apply", "-f", file)).containsPattern("KIND +NAMESPACE +NAME +OUTCOME");

    assertThat(table("get", "destinationrules")).containsPattern("NAME +HOST").contains("shown");
    assertThat(table("get", "DestinationRule", "-A")).startsWith("NAMESPACE").contains("default");
    assertThat(json("get", "dr", "shown", "-o", "json").at("/spec/host").asText())
        .isEqualTo("shown");
    assertThat(table("get", "dr", "-l", "test=shown", "-o", "yaml")).contains("host: shown");
    assertThat(cli.run("get", "dr", "-n", "empty").endedWith(0).errors()).contains("are none");
  }

  @Test
  void questionsAreAnsweredInEveryForm() throws Exception {
    assertThat(table("explain", "GET", "http://nobody/x", "--from", "shop")).isNotBlank();
    assertThat(json("explain", "GET", "http://nobody/x", "-o", "json").isObject()).isTrue();
    assertThat(table("explain", "GET", "http://nobody/x", "-o", "yaml")).contains("text:");

    assertThat(table("convergence", "--wait", "1s")).contains("taken by 0 of 0 agents");
    assertThat(json("convergence", "-o", "json").path("converged").asBoolean()).isTrue();
    assertThat(table("convergence", "-o", "yaml")).contains("converged: true");
  }

  @Test
  void historyIsToldAndGoneBackTo() throws Exception {
    long before = version(cli.runWithInput(RULE.formatted("first"), "apply", "-f", "-"));
    version(cli.runWithInput(RULE.formatted("second"), "apply", "-f", "-"));
    assertThat(table("history")).containsPattern("VERSION +").contains(Long.toString(before));
    assertThat(json("history", "-o", "json").path("versions").toString())
        .contains("\"version\":" + before);
    assertThat(table("history", "-o", "yaml")).contains("version: " + before);

    assertThat(table("rollback", Long.toString(before))).contains("as at version " + before);
    assertThat(cli.run("get", "dr", "second").endedWith(1).errors()).contains("not found");
    assertThat(json("rollback", Long.toString(before), "-o", "json").path("version").asLong())
        .isGreaterThanOrEqualTo(before);
    assertThat(cli.run("rollback", "1").endedWith(1).errors()).startsWith("mesh: ");

    Path backup = folder.resolve("backup.db");
    cli.run("backup", backup.toString()).endedWith(0);
    assertThat(backup).isNotEmptyFile();
  }

  private static long version(Finished applied) {
    String line = applied.endedWith(0).output().lines().reduce((a, b) -> b).orElseThrow();
    return Long.parseLong(line.replace("version ", ""));
  }

  @Test
  void exitCodesTellWhatWentWrong() {
    assertThat(cli.run().endedWith(2).errors()).contains("no verb");
    assertThat(cli.run("get").endedWith(2).errors()).contains("Missing required parameter: 'KIND'");
    assertThat(cli.run("get", "nonsense").endedWith(1).errors())
        .contains("there is no kind 'nonsense'; there are");
    assertThat(
            cli.runWithInput(RULE.formatted("x").replace("host", "hots"), "apply", "-f", "-")
                .endedWith(1)
                .errors())
        .contains("spec.hots: unknown field; did you mean host?");
    MeshCli nobody = new MeshCli(mesh.artifacts(), URI.create("http://127.0.0.1:1"));
    for (List<String> words :
        List.of(
            List.of("history"),
            List.of("get", "dr"),
            List.of("explain", "GET", "http://a/"),
            List.of("convergence"),
            List.of("rollback", "1"),
            List.of("backup", folder.resolve("none.db").toString()),
            List.of("kubeconfig"))) {
      assertThat(nobody.run(words.toArray(String[]::new)).endedWith(3).errors())
          .contains("no controller answers at http://127.0.0.1:1");
    }
  }

  @Test
  void colourIsForTerminalsAlone() {
    assertThat(cli.run("history").endedWith(0).output()).doesNotContain("" + ESCAPE);
    List<String> command = cli.run("history").command();
    // What util-linux calls script gives a program a terminal.
    Finished onTerminal =
        Finished.run(
            List.of("script", "-qec", String.join(" ", command), "/dev/null"),
            Map.of("MESH_CONTROLLER", cli.controller().toString(), "TERM", "xterm"),
            "");
    assertThat(onTerminal.endedWith(0).output()).contains(ESCAPE + "[1mVERSION");
  }
}
