package dev.meshagent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.StringJoiner;

/** Prints what a change means for services and their callers, a line each. Stateless. */
final class Effects {
  private Effects() {}

  static void print(JsonNode answer, Output output) {
    for (JsonNode effect : answer.path("effects")) {
      StringJoiner what = new StringJoiner(", ");
      effect.path("what").forEach(each -> what.add(each.asText()));
      StringJoiner callers = new StringJoiner(", ", " for ", "").setEmptyValue("; nobody calls it");
      for (JsonNode caller : effect.path("callers")) {
        int agents = caller.path("agents").asInt();
        callers.add(
            caller.path("service").asText()
                + " ("
                + agents
                + (agents == 1 ? " agent)" : " agents)"));
      }
      output.out().println(effect.path("service").asText() + " changes " + what + callers);
    }
  }
}
