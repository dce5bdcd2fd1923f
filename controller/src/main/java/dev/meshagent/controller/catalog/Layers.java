package dev.meshagent.controller.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.controller.store.ResourceKey;
import java.util.Optional;

/** What there is of one resource, and how it is shown. Guarded by the catalog. */
final class Layers {
  /** What was written; null if nothing. */
  Resource stored;

  /** What live workloads make it; null if nothing. */
  ObjectNode live;

  /** What the controller says of what was written; null if nothing. */
  ObjectNode status;

  /** As it was last shown; null if it was not. */
  Resource shown;

  /** As it is to be shown from a version on: what was written hides what lives. */
  Optional<Resource> show(ResourceKey key, long version) {
    if (stored == null && live == null) {
      return Optional.empty();
    }
    ObjectNode document = (stored != null ? stored.document() : live).deepCopy();
    document.withObject("/metadata").put("resourceVersion", Long.toString(version));
    if (stored != null) {
      ObjectNode whole = document.objectNode();
      add(whole, live == null ? null : live.path("status"));
      add(whole, status);
      if (!whole.isEmpty()) {
        document.set("status", whole);
      }
    }
    return Optional.of(new Resource(key, document, version));
  }

  private static void add(ObjectNode whole, JsonNode part) {
    if (part == null) {
      return;
    }
    part.properties()
        .forEach(
            field -> {
              if (field.getKey().equals("conditions") && whole.has("conditions")) {
                field.getValue().forEach(whole.withArray("/conditions")::add);
              } else {
                whole.set(field.getKey(), field.getValue().deepCopy());
              }
            });
  }
}
