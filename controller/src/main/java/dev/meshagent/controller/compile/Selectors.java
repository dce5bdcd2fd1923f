package dev.meshagent.controller.compile;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/** Label selectors as plain maps. Stateless. */
final class Selectors {
  private Selectors() {}

  /** True if the selector is not empty and every one of its labels is there with its value. */
  static boolean selects(JsonNode selector, Map<String, String> labels) {
    for (var wanted : selector.properties()) {
      if (!wanted.getValue().asText().equals(labels.get(wanted.getKey()))) {
        return false;
      }
    }
    return !selector.isEmpty();
  }
}
