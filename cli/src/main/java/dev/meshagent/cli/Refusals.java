package dev.meshagent.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

/** Says what a controller's {@code Status} says, one cause a line. Stateless. */
final class Refusals {
  private Refusals() {}

  static String text(int code, String body) {
    JsonNode status;
    try {
      status = Remote.JSON.readTree(body);
    } catch (JsonProcessingException e) {
      return "answered " + code + ": " + body.strip();
    }
    JsonNode causes = status.path("details").path("causes");
    if (causes.isEmpty()) {
      return status.path("message").asText("answered " + code);
    }
    StringBuilder text = new StringBuilder("refused:");
    for (JsonNode cause : causes) {
      text.append("\n  ").append(cause.path("field").asText());
      text.append(": ").append(cause.path("message").asText());
    }
    return text.toString();
  }
}
