package dev.meshagent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * A kind that the controller serves, found by any of its names as discovery tells them.
 *
 * @param root of its group and version, such as {@code /apis/networking.istio.io/v1}
 */
record ServedKind(String root, String plural, boolean namespaced) {

  static ServedKind find(Remote remote, String name) {
    List<String> roots = new ArrayList<>(List.of("/api/v1"));
    for (JsonNode group : remote.get("/apis").path("groups")) {
      roots.add("/apis/" + group.at("/preferredVersion/groupVersion").asText());
    }
    TreeSet<String> known = new TreeSet<>();
    for (String root : roots) {
      for (JsonNode resource : remote.get(root).path("resources")) {
        String plural = resource.path("name").asText();
        if (plural.contains("/")) {
          continue;
        }
        known.add(plural);
        if (names(resource).contains(name.toLowerCase(java.util.Locale.ROOT))) {
          return new ServedKind(root, plural, resource.path("namespaced").asBoolean());
        }
      }
    }
    throw new Failure(
        ExitCode.REFUSED, "there is no kind '" + name + "'; there are " + String.join(", ", known));
  }

  private static List<String> names(JsonNode resource) {
    List<String> names = new ArrayList<>();
    names.add(resource.path("name").asText());
    names.add(resource.path("singularName").asText());
    names.add(resource.path("kind").asText().toLowerCase(java.util.Locale.ROOT));
    resource.path("shortNames").forEach(shortName -> names.add(shortName.asText()));
    return names;
  }
}
