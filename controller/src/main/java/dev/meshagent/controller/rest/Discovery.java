package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Tells clients which groups, versions and kinds there are. Immutable. */
final class Discovery {
  private final List<ResourceKind> kinds;

  Discovery(List<ResourceKind> kinds) {
    this.kinds = List.copyOf(kinds);
  }

  /** Answers a path that ends before a resource; empty if nothing is there. */
  Optional<ObjectNode> answer(ResourcePath path) {
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
      groups().forEach(group -> array.add(group(group, false)));
      return Optional.of(list);
    }
    return groups().contains(path.group())
        ? Optional.of(group(path.group(), true))
        : Optional.empty();
  }

  private SortedSet<String> groups() {
    SortedSet<String> groups = new TreeSet<>();
    kinds.stream().map(ResourceKind::group).filter(g -> !g.isEmpty()).forEach(groups::add);
    return groups;
  }

  private ObjectNode group(String name, boolean alone) {
    ObjectNode group = JsonNodeFactory.instance.objectNode();
    if (alone) {
      group.put("kind", "APIGroup");
      group.put("apiVersion", "v1");
    }
    group.put("name", name);
    ArrayNode versions = group.putArray("versions");
    kinds.stream()
        .filter(kind -> kind.group().equals(name))
        .map(ResourceKind::version)
        .distinct()
        .forEach(version -> version(versions.addObject(), name, version));
    group.set("preferredVersion", versions.get(0).deepCopy());
    return group;
  }

  private static void version(ObjectNode node, String group, String version) {
    node.put("groupVersion", group + "/" + version);
    node.put("version", version);
  }

  private Optional<ObjectNode> resources(String group, String version) {
    List<ResourceKind> matching =
        kinds.stream()
            .filter(kind -> kind.group().equals(group) && kind.version().equals(version))
            .toList();
    if (matching.isEmpty()) {
      return Optional.empty();
    }
    ObjectNode list = JsonNodeFactory.instance.objectNode();
    list.put("kind", "APIResourceList");
    list.put("apiVersion", "v1");
    list.put("groupVersion", matching.get(0).apiVersion());
    ArrayNode array = list.putArray("resources");
    for (ResourceKind kind : matching) {
      ObjectNode resource = array.addObject();
      resource.put("name", kind.plural());
      resource.put("singularName", kind.singular());
      resource.put("namespaced", kind.namespaced());
      resource.put("kind", kind.kind());
      ArrayNode verbs = resource.putArray("verbs");
      kind.verbs().forEach(verbs::add);
      ArrayNode shortNames = resource.putArray("shortNames");
      kind.shortNames().forEach(shortNames::add);
    }
    return Optional.of(list);
  }
}
