package dev.meshagent.controller.compile.istio;

import dev.meshagent.controller.compile.document.Node;

/** Reads Istio's {@code Percent}: an object with a value from 0 to 100. Stateless. */
final class Percentages {
  private Percentages() {}

  /** Percent; 0 where the object has no value, as in Istio. */
  static double at(Node node, String field) {
    return node.object(field)
        .map(
            percent -> {
              double value = percent.number("value", 0, 100).orElse(0);
              percent.end();
              return value;
            })
        .orElse(0.0);
  }
}
