package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.store.ResourceKey;
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
      ResourceKey key, String uid, Map<String, String> labels, Instant created) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("apiVersion", key.kind().apiVersion());
    object.put("kind", key.kind().kind);
    ObjectNode meta = object.putObject("metadata");
    meta.put("name", key.name());
    if (key.kind().namespaced) {
      meta.put("namespace", key.namespace());
    }
    meta.put("uid", uid);
    meta.put("creationTimestamp", time(created));
    if (!labels.isEmpty()) {
      ObjectNode node = meta.putObject("labels");
      new TreeMap<>(labels).forEach(node::put);
    }
    return object;
  }

  /** An identity for what has none of its own: the same for the same name within an epoch. */
  static String uidOf(String epoch, ResourceKey key) {
    return UUID.nameUUIDFromBytes((epoch + "/" + key).getBytes(StandardCharsets.UTF_8)).toString();
  }

  /** RFC 3339 in whole seconds, as Kubernetes writes times. */
  static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
