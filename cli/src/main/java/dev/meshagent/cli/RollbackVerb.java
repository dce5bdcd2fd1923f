package dev.meshagent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mesh rollback 41}. */
@Command(
    name = "rollback",
    description = "Makes all resources be as they were at a version; that is a version of its own.",
    mixinStandardHelpOptions = true)
final class RollbackVerb implements Callable<Integer> {
  @Mixin private Remote remote;
  @Mixin private Output output;

  @Parameters(paramLabel = "VERSION", description = "As history lists it.")
  private long version;

  @Option(
      names = "--wait",
      paramLabel = "DURATION",
      arity = "0..1",
      fallbackValue = "10s",
      description =
          "Wait until all agents concerned have taken it, at most so long (${FALLBACK-VALUE}).")
  private String wait;

  @Override
  public Integer call() {
    JsonNode answer = remote.post("/mesh/v1/rollback?version=" + version, "application/json", "");
    boolean printed = output.document(answer);
    String now = answer.path("version").asText();
    if (wait == null) {
      if (!printed) {
        output.out().println("as at version " + version + ", by version " + now);
      }
      return ExitCode.DONE;
    }
    JsonNode convergence = Convergence.ask(remote, now, wait);
    return printed ? Convergence.exitCode(convergence) : Convergence.print(convergence, output);
  }
}
