package dev.meshagent.engine.routing;

import java.util.Map;

/** Whose calls are routed. Immutable. */
public final class Source {
  public final String namespace;
  public final Map<String, String> labels;

  public Source(String namespace, Map<String, String> labels) {
    this.namespace = namespace;
    this.labels = labels;
  }
}
