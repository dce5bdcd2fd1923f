package dev.meshagent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mesh apply -f canary.yaml --wait}. */
@Command(
    name = "apply",
    description = "Makes resources be as files say: all of them, or none.",
    mixinStandardHelpOptions = true)
final class ApplyVerb implements Callable<Integer> {
  @Mixin private Remote remote;
  @Mixin private Output output;
  @Mixin private Waiting waiting;

  @Option(
      names = {"-f", "--filename"},
      paramLabel = "FILE",
      required = true,
      description =
          "YAML or JSON, several documents allowed; - for standard input. May be repeated.")
  private List<String> files;

  @Option(names = "--dry-run", description = "Only say what would change.")
  private boolean dryRun;

  @Override
  public Integer call() {
    JsonNode answer =
        remote.post(
            "/mesh/v1/apply" + (dryRun ? "?dryRun=All" : ""), "application/yaml", documents());
    ObjectNode convergence = null;
    if (waiting.wanted() && !dryRun) {
      convergence = (ObjectNode) waiting.result(remote, answer.path("version").asText());
      ((ObjectNode) answer).set("convergence", convergence);
    }
    if (!output.document(answer)) {
      print(answer);
      return convergence == null ? ExitCode.DONE : Convergence.print(convergence, output);
    }
    return convergence == null ? ExitCode.DONE : Convergence.exitCode(convergence);
  }

  private void print(JsonNode answer) {
    List<List<String>> rows = new ArrayList<>();
    for (JsonNode each : answer.path("resources")) {
      rows.add(
          List.of(
              each.path("kind").asText(),
              each.path("namespace").asText(),
              each.path("name").asText(),
              each.path("outcome").asText()));
    }
    output.table(List.of("KIND", "NAMESPACE", "NAME", "OUTCOME"), rows);
    Effects.print(answer, output);
    answer
        .path("warnings")
        .forEach(warning -> output.err().println("warning: " + warning.asText()));
    if (dryRun) {
      output.out().println("nothing was changed: this was a dry run");
    } else if (!waiting.wanted()) {
      output.out().println("version " + answer.path("version").asText());
    }
  }

  private String documents() {
    StringBuilder all = new StringBuilder();
    for (String file : files) {
      if (!all.isEmpty()) {
        all.append("\n---\n");
      }
      try {
        all.append(
            file.equals("-")
                ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                : Files.readString(Path.of(file)));
      } catch (IOException e) {
        throw new Failure(ExitCode.REFUSED, "cannot read " + file + ": " + FileTrouble.text(e));
      }
    }
    return all.toString();
  }
}
