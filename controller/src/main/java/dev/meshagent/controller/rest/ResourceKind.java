package dev.meshagent.controller.rest;

import java.util.List;

/**
 * A kind that the API serves, as discovery tells it. Immutable.
 *
 * @param group empty for the core group
 * @param plural as in paths
 * @param shortNames what kubectl takes for the plural
 */
public record ResourceKind(
    String group,
    String version,
    String plural,
    String singular,
    String kind,
    boolean namespaced,
    List<String> shortNames,
    List<String> verbs) {

  public String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }
}
