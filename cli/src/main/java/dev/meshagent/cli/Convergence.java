package dev.meshagent.cli;

import com.fasterxml.jackson.databind.JsonNode;

/** Asks how far a version has come, and prints it. Stateless. */
final class Convergence {
  private Convergence() {}

  static JsonNode ask(Remote remote, String version, String wait) {
    return remote.get("/mesh/v1/convergence?version=" + version + "&wait=" + wait);
  }

  /**
   * Prints one line, and one for each agent that refused or has not answered; returns what to exit
   * with.
   */
  static int print(JsonNode answer, Output output) {
    boolean converged = answer.path("converged").asBoolean();
    String version = answer.path("version").asText();
    String counts =
        answer.at("/agents/acked").asText() + " of " + answer.at("/agents/concerned").asText();
    output
        .out()
        .println(
            converged
                ? output.good("version " + version + ": taken by " + counts + " agents")
                : output.bad(
                    "version "
                        + version
                        + ": taken by "
                        + counts
                        + " agents, "
                        + answer.path("waiting").size()
                        + " have not answered, "
                        + answer.path("refused").size()
                        + " refused"));
    for (JsonNode no : answer.path("refused")) {
      output
          .out()
          .println(
              "  "
                  + no.path("agent").asText()
                  + " refused "
                  + no.path("service").asText()
                  + ": "
                  + no.path("path").asText()
                  + ": "
                  + no.path("error").asText());
    }
    for (JsonNode yet : answer.path("waiting")) {
      output
          .out()
          .println(
              "  "
                  + yet.path("agent").asText()
                  + " has not answered for "
                  + yet.path("service").asText());
    }
    return exitCode(answer);
  }

  static int exitCode(JsonNode answer) {
    return answer.path("converged").asBoolean() ? ExitCode.DONE : ExitCode.NOT_CONVERGED;
  }
}
