package dev.meshagent.controller.compile;

import java.util.Map;

/**
 * Who calls, as far as it decides what policy holds for it.
 *
 * @param labels of its process
 */
public record Caller(String namespace, Map<String, String> labels) {
  public Caller {
    labels = Map.copyOf(labels);
  }
}
