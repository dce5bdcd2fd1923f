package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.push.Directory;
import dev.meshagent.controller.push.ServiceView;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The namespaces that have a service, and {@code default}, which always is. Read-only. */
public final class Namespaces implements ResourceSource {
  static final ResourceKind KIND =
      new ResourceKind(
          "",
          "v1",
          "namespaces",
          "namespace",
          "Namespace",
          false,
          List.of("ns"),
          List.of("get", "list"));

  /** The version of what has been there since before the first change. */
  private static final long FIRST_VERSION = 1;

  private final Directory directory;
  private final Instant started;

  public Namespaces(Directory directory, Instant started) {
    this.directory = directory;
    this.started = started;
  }

  @Override
  public ResourceKind kind() {
    return KIND;
  }

  @Override
  public List<ObjectNode> list() {
    SortedMap<String, Instant> namespaces = new TreeMap<>();
    namespaces.put("default", started);
    for (ServiceView view : directory.services()) {
      namespaces.merge(view.id().namespace, view.created(), (a, b) -> a.isBefore(b) ? a : b);
    }
    return namespaces.entrySet().stream().map(e -> json(e.getKey(), e.getValue())).toList();
  }

  private ObjectNode json(String name, Instant created) {
    ObjectNode object =
        ObjectMeta.object(
            KIND,
            "",
            name,
            ObjectMeta.uidOf(directory.epoch(), "Namespace", name),
            Map.of("kubernetes.io/metadata.name", name),
            FIRST_VERSION,
            created);
    object.putObject("spec").putArray("finalizers").add("kubernetes");
    object.putObject("status").put("phase", "Active");
    return object;
  }
}
