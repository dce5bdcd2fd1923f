package dev.meshagent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code mesh rollback 41}. */
@Command(
    name = "rollback",
    description = "Makes all resources be as they were at a version; that is a version of its own.",
    mixinStandardHelpOptions = true)
final class RollbackVerb implements Callable<Integer> {
  @Mixin private Remote remote;
  @Mixin private Output output;
  @Mixin private Waiting waiting;

  @Parameters(paramLabel = "VERSION", description = "As history lists it.")
  private long version;

  @Override
  public Integer call() {
    JsonNode answer = remote.post("/mesh/v1/rollback?version=" + version, "application/json", "");
    boolean printed = output.document(answer);
    String now = answer.path("version").asText();
    if (!printed) {
      Effects.print(answer, output);
    }
    if (!waiting.wanted()) {
      if (!printed) {
        output.out().println("as at version " + version + ", by version " + now);
      }
      return ExitCode.DONE;
    }
    JsonNode convergence = waiting.result(remote, now);
    return printed ? Convergence.exitCode(convergence) : Convergence.print(convergence, output);
  }
}
