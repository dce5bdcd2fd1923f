package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.store.Kind;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tells clients which groups, versions and kinds there are. Stateless. */
final class Discovery {
  private static final List<String> VERBS =
      List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");

  /** What kinds can be asked for together, as upstream has them: {@code kubectl get istio-io}. */
  private static final Map<String, String> CATEGORIES =
      Map.of(
          "networking.istio.io", "istio-io",
          "security.istio.io", "istio-io",
          "gateway.networking.k8s.io", "gateway-api");

  /** Of a kind that is refused: its lists are empty and can be read all the same. */
  private Discovery() {}

  /** Answers a path that ends before a resource; empty if nothing is there. */
  static Optional<ObjectNode> answer(ResourcePath path) {
    if (!path.version().isEmpty()) {
      return resources(path.group(), path.version());
    }
    if (path.core()) {
      ObjectNode versions = JsonNodeFactory.instance.objectNode();
      versions.put("kind", "APIVersions");
      versions.putArray("versions").add("v1");
      versions.putArray("serverAddressByClientCIDRs");
      return Optional.of(versions);
    }
    if (path.group().isEmpty()) {
      ObjectNode list = JsonNodeFactory.instance.objectNode();
      list.put("kind", "APIGroupList");
      list.put("apiVersion", "v1");
      ArrayNode array = list.putArray("groups");
      ServedVersions.ofGroups()
          .forEach(
              (group, versions) -> {
                if (!group.isEmpty()) {
                  array.add(group(group, versions, false));
                }
              });
      return Optional.of(list);
    }
    return Optional.ofNullable(ServedVersions.ofGroups().get(path.group()))
        .map(versions -> group(path.group(), versions, true));
  }

  private static ObjectNode group(String name, List<String> served, boolean alone) {
    ObjectNode group = JsonNodeFactory.instance.objectNode();
    if (alone) {
      group.put("kind", "APIGroup");
      group.put("apiVersion", "v1");
    }
    group.put("name", name);
    ArrayNode versions = group.putArray("versions");
    for (String version : served) {
      ObjectNode node = versions.addObject();
      node.put("groupVersion", name + "/" + version);
      node.put("version", version);
    }
    group.set("preferredVersion", versions.get(0).deepCopy());
    return group;
  }

  private static Optional<ObjectNode> resources(String group, String version) {
    List<Kind> kinds = ServedVersions.kinds(group, version);
    if (kinds.isEmpty()) {
      return Optional.empty();
    }
    ObjectNode list = JsonNodeFactory.instance.objectNode();
    list.put("kind", "APIResourceList");
    list.put("apiVersion", "v1");
    list.put("groupVersion", group.isEmpty() ? version : group + "/" + version);
    ArrayNode array = list.putArray("resources");
    for (Kind kind : kinds) {
      ObjectNode resource = array.addObject();
      resource.put("name", kind.plural);
      resource.put("singularName", kind.singular);
      resource.put("namespaced", kind.namespaced);
      resource.put("kind", kind.kind);
      ArrayNode verbs = resource.putArray("verbs");
      VERBS.forEach(verbs::add);
      ArrayNode shortNames = resource.putArray("shortNames");
      kind.shortNames.forEach(shortNames::add);
      String category = kind == Kind.SERVICE ? "all" : CATEGORIES.get(kind.group);
      if (category != null) {
        resource.putArray("categories").add(category);
      }
      ObjectNode status = array.addObject();
      status.put("name", kind.plural + "/status");
      status.put("singularName", "");
      status.put("namespaced", kind.namespaced);
      status.put("kind", kind.kind);
      status.putArray("verbs").add("get");
    }
    return Optional.of(list);
  }
}
