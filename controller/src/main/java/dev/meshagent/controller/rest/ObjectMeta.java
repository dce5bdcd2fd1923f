package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** Begins an object in the form that all kinds share. Stateless. */
final class ObjectMeta {
  private ObjectMeta() {}

  static ObjectNode object(
      ResourceKind kind,
      String namespace,
      String name,
      String uid,
      Map<String, String> labels,
      long resourceVersion,
      Instant created) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("apiVersion", kind.apiVersion());
    object.put("kind", kind.kind());
    ObjectNode meta = object.putObject("metadata");
    meta.put("name", name);
    if (kind.namespaced()) {
      meta.put("namespace", namespace);
    }
    meta.put("uid", uid);
    meta.put("resourceVersion", Long.toString(resourceVersion));
    meta.put("creationTimestamp", time(created));
    if (!labels.isEmpty()) {
      ObjectNode node = meta.putObject("labels");
      new TreeMap<>(labels).forEach(node::put);
    }
    return object;
  }

  /** An identity for what has none of its own: the same for the same name within an epoch. */
  static String uidOf(String epoch, String kind, String name) {
    return UUID.nameUUIDFromBytes(
            (epoch + "/" + kind + "/" + name).getBytes(StandardCharsets.UTF_8))
        .toString();
  }

  /** RFC 3339 in whole seconds, as Kubernetes writes times. */
  static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
