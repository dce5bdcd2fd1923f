package dev.meshagent.controller.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A resource as it stands at one version.
 *
 * @param document the whole of it: {@code apiVersion}, {@code kind}, {@code metadata} with uid,
 *     generation and managedFields, {@code spec}. Shared by all who read: never to be changed
 * @param version the resource version of its last change
 */
public record Resource(ResourceKey key, ObjectNode document, long version) {

  public JsonNode metadata() {
    return document.path("metadata");
  }

  /** A missing node where the document has none. */
  public JsonNode spec() {
    return document.path("spec");
  }

  /** Grows with each change of what the document asks for; 0 where it has none. */
  public long generation() {
    return metadata().path("generation").asLong();
  }

  public String uid() {
    return metadata().path("uid").asText();
  }

  /** The value of an annotation; empty if it is not there. */
  public String annotation(String name) {
    return metadata().path("annotations").path(name).asText();
  }
}
