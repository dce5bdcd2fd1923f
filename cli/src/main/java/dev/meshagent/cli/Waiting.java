package dev.meshagent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Option;

/** The option to wait until a change has arrived. */
final class Waiting {
  @Option(
      names = "--wait",
      paramLabel = "DURATION",
      arity = "0..1",
      fallbackValue = "10s",
      description =
          "Wait until all agents concerned have taken it, at most so long (${FALLBACK-VALUE}).")
  private String atMost;

  boolean wanted() {
    return atMost != null;
  }

  /** How far a version has come when all have it or the time is over. */
  JsonNode result(Remote remote, String version) {
    return Convergence.ask(remote, version, atMost);
  }
}
