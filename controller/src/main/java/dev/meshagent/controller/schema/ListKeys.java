package dev.meshagent.controller.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.StringJoiner;

/** What tells the items of a list apart whose schema says that it is a map. Stateless. */
final class ListKeys {
  private ListKeys() {}

  /** The keys of an item with their values, as a text. */
  static String of(JsonNode listSchema, JsonNode item) {
    StringJoiner key = new StringJoiner(", ");
    for (JsonNode name : listSchema.path(Structure.LIST_KEYS)) {
      key.add(name.asText() + " " + item.path(name.asText()));
    }
    return key.toString();
  }
}
