package dev.meshagent.controller.ownership;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a schema says of how a value falls into parts that have owners of their own. */
enum Shape {
  /** One whole, with one owner. */
  ATOMIC,
  /** Each field has its owner. */
  FIELDS,
  /** Each item has its owner and is told by its keys. */
  KEYED,
  /** Each item has its owner and is told by its value. */
  VALUES;

  static Shape of(JsonNode schema) {
    if (schema.path("x-kubernetes-map-type").asText().equals("atomic")) {
      return ATOMIC;
    }
    if (schema.has("properties") || schema.path("additionalProperties").isObject()) {
      return FIELDS;
    }
    return switch (schema.path("x-kubernetes-list-type").asText()) {
      case "map" -> KEYED;
      case "set" -> VALUES;
      default -> ATOMIC;
    };
  }

  /** Whether a value can be taken apart like this at all: documents are judged later. */
  boolean fits(JsonNode value) {
    return switch (this) {
      case ATOMIC -> true;
      case FIELDS -> value.isObject();
      case KEYED, VALUES -> value.isArray();
    };
  }

  /** The parts of a value by path element, in their order. */
  Map<String, JsonNode> parts(JsonNode schema, JsonNode value) {
    Map<String, JsonNode> parts = new LinkedHashMap<>();
    switch (this) {
      case FIELDS ->
          value.properties().forEach(field -> parts.put("f:" + field.getKey(), field.getValue()));
      case KEYED -> value.forEach(item -> parts.putIfAbsent("k:" + keys(schema, item), item));
      case VALUES -> value.forEach(item -> parts.putIfAbsent("v:" + item, item));
      default -> {}
    }
    return parts;
  }

  /** The fields that tell the items of a keyed list apart. */
  static List<String> keyNames(JsonNode schema) {
    List<String> names = new ArrayList<>();
    schema.path("x-kubernetes-list-map-keys").forEach(name -> names.add(name.asText()));
    return names;
  }

  private static ObjectNode keys(JsonNode schema, JsonNode item) {
    ObjectNode keys = JsonNodeFactory.instance.objectNode();
    for (String name : keyNames(schema)) {
      JsonNode value = item.path(name);
      if (value.isMissingNode()) {
        value = schema.path("items").path("properties").path(name).path("default");
      }
      if (!value.isMissingNode()) {
        keys.set(name, value);
      }
    }
    return keys;
  }

  /** The schema of a part. */
  JsonNode part(JsonNode schema, String element) {
    if (this != FIELDS) {
      return schema.path("items");
    }
    JsonNode property = schema.path("properties").path(element.substring(2));
    return property.isMissingNode() ? schema.path("additionalProperties") : property;
  }

  /** Whether a part has an owner beside those of what is in it: items have, and keys of maps. */
  boolean ownsPart(JsonNode schema, String element) {
    return this != FIELDS || !schema.path("properties").has(element.substring(2));
  }

  /** Puts parts together again. */
  JsonNode whole(Map<String, JsonNode> parts) {
    if (this == FIELDS) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      parts.forEach((element, value) -> object.set(element.substring(2), value));
      return object;
    }
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    parts.values().forEach(array::add);
    return array;
  }
}
