package dev.meshagent.controller.rest;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A path of the Kubernetes API, taken apart:
 *
 * <pre>
 *   /api/v1/[namespaces/{namespace}/]{resource}[/{name}[/{subresource}]]
 *   /apis/{group}/{version}/[namespaces/{namespace}/]{resource}[/{name}[/{subresource}]]
 * </pre>
 *
 * What is shorter is a question for discovery. Immutable.
 *
 * @param group empty for the core group
 * @param version empty where the path ends before it
 * @param resource plural; empty where the path ends before it
 */
public record ResourcePath(
    boolean core,
    String group,
    String version,
    Optional<String> namespace,
    String resource,
    Optional<String> name,
    Optional<String> subresource) {

  /** Returns empty if the path has no such form. */
  public static Optional<ResourcePath> parse(String path) {
    String trimmed = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    List<String> parts = Arrays.asList(trimmed.substring(1).split("/", -1));
    if (parts.stream().anyMatch(String::isEmpty)) {
      return Optional.empty();
    }
    boolean core = parts.get(0).equals("api");
    if (!core && !parts.get(0).equals("apis")) {
      return Optional.empty();
    }
    int at = 1;
    String group = !core && at < parts.size() ? parts.get(at++) : "";
    String version = at < parts.size() ? parts.get(at++) : "";
    List<String> rest = parts.subList(at, parts.size());
    Optional<String> namespace = Optional.empty();
    if (rest.size() >= 3 && rest.get(0).equals("namespaces")) {
      namespace = Optional.of(rest.get(1));
      rest = rest.subList(2, rest.size());
    }
    if (rest.size() > 3) {
      return Optional.empty();
    }
    return Optional.of(
        new ResourcePath(
            core,
            group,
            version,
            namespace,
            rest.isEmpty() ? "" : rest.get(0),
            rest.size() > 1 ? Optional.of(rest.get(1)) : Optional.empty(),
            rest.size() > 2 ? Optional.of(rest.get(2)) : Optional.empty()));
  }
}
