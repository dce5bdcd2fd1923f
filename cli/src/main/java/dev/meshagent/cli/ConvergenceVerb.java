package dev.meshagent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mesh convergence 42 --wait 10s}. */
@Command(
    name = "convergence",
    description = "Says how many of the agents that a version concerns have taken it.",
    mixinStandardHelpOptions = true)
final class ConvergenceVerb implements Callable<Integer> {
  @Mixin private Remote remote;
  @Mixin private Output output;

  @Parameters(
      paramLabel = "VERSION",
      arity = "0..1",
      defaultValue = "",
      description = "As apply printed it; the latest without one.")
  private String version;

  @Option(
      names = "--wait",
      paramLabel = "DURATION",
      defaultValue = "0s",
      description = "How long to wait for answers, at most 60s (default: not at all).")
  private String wait;

  @Override
  public Integer call() {
    JsonNode answer = Convergence.ask(remote, version, wait);
    return output.document(answer)
        ? Convergence.exitCode(answer)
        : Convergence.print(answer, output);
  }
}
