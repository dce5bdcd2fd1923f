package dev.meshagent.controller.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One walk of a document along its structural schema: takes out what is null or unknown, fills in
 * defaults, and judges what JSON Schema has no words for. For one document and one thread.
 */
final class Structure {
  static final String REFUSED = "x-mesh-refused";
  static final String REFUSED_VALUES = "x-mesh-refused-values";
  static final String ONE_OF = "x-mesh-one-of";
  static final String UNION = "x-mesh-union";
  static final String PRESERVE = "x-kubernetes-preserve-unknown-fields";
  static final String LIST_TYPE = "x-kubernetes-list-type";
  static final String LIST_KEYS = "x-kubernetes-list-map-keys";

  private final List<FieldError> errors = new ArrayList<>();
  private final List<FieldError> unknown = new ArrayList<>();

  FormReport report() {
    return new FormReport(errors, unknown);
  }

  /** The paths that have an error already. */
  Set<String> paths() {
    Set<String> paths = new HashSet<>();
    errors.forEach(error -> paths.add(error.path()));
    return paths;
  }

  void addAll(List<FieldError> more) {
    errors.addAll(more);
  }

  void walk(JsonNode schema, JsonNode value, String path) {
    JsonNode refused = schema.path(REFUSED_VALUES).path(value.isTextual() ? value.asText() : "");
    if (refused.isTextual()) {
      error(path, FieldError.NOT_SUPPORTED, value, "not obeyed: " + refused.asText());
    }
    if (value instanceof ObjectNode object && isObject(schema)) {
      fields(schema, object, path);
      oneOf(schema.path(ONE_OF), object, path);
      union(schema.path(UNION), object, path);
    } else if (value instanceof ArrayNode array && schema.has("items")) {
      items(schema, array, path);
    }
  }

  private static boolean isObject(JsonNode schema) {
    return schema.has("properties") || schema.has("additionalProperties");
  }

  private void fields(JsonNode schema, ObjectNode object, String path) {
    JsonNode properties = schema.path("properties");
    for (String name : List.copyOf(names(object))) {
      JsonNode value = object.get(name);
      String at = FieldPath.field(path, name);
      JsonNode property =
          properties.has(name) ? properties.get(name) : schema.path("additionalProperties");
      if (value.isNull()) {
        object.remove(name);
      } else if (property.has(REFUSED) && !path.isEmpty()) {
        error(at, FieldError.FORBIDDEN, value, "not obeyed: " + property.path(REFUSED).asText());
      } else if (!property.isMissingNode()) {
        walk(property, value, at);
      } else if (!schema.path(PRESERVE).asBoolean()) {
        unknown.add(
            new FieldError(
                at,
                FieldError.INVALID,
                MissingNode.getInstance(),
                "unknown field; " + nearest(name, properties)));
        object.remove(name);
      }
    }
    properties
        .properties()
        .forEach(
            property -> {
              JsonNode value = property.getValue().path("default");
              if (!value.isMissingNode() && !object.has(property.getKey())) {
                JsonNode copy = value.deepCopy();
                object.set(property.getKey(), copy);
                walk(property.getValue(), copy, FieldPath.field(path, property.getKey()));
              }
            });
  }

  private static Set<String> names(JsonNode object) {
    Set<String> names = new LinkedHashSet<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private void items(JsonNode schema, ArrayNode array, String path) {
    for (int i = 0; i < array.size(); i++) {
      walk(schema.path("items"), array.get(i), FieldPath.item(path, i));
    }
    String type = schema.path(LIST_TYPE).asText();
    if (type.equals("map") || type.equals("set")) {
      Set<Object> seen = new HashSet<>();
      for (int i = 0; i < array.size(); i++) {
        Object key = type.equals("set") ? array.get(i) : ListKeys.of(schema, array.get(i));
        if (!seen.add(key)) {
          error(
              FieldPath.item(path, i),
              FieldError.DUPLICATE,
              array.get(i),
              type.equals("set") ? "it is there already" : "another item has the same " + key);
        }
      }
    }
  }

  private void oneOf(JsonNode groups, ObjectNode object, String path) {
    for (JsonNode group : groups) {
      List<String> fields = new ArrayList<>();
      group.path("fields").forEach(field -> fields.add(field.asText()));
      List<String> present = fields.stream().filter(object::has).toList();
      if (present.size() > 1) {
        error(
            FieldPath.field(path, present.get(1)),
            FieldError.FORBIDDEN,
            MissingNode.getInstance(),
            "excludes " + present.get(0) + "; write at most one of " + String.join(", ", fields));
      } else if (present.isEmpty() && group.path("required").asBoolean()) {
        error(
            path,
            FieldError.REQUIRED,
            MissingNode.getInstance(),
            "write one of " + String.join(", ", fields));
      }
    }
  }

  private void union(JsonNode union, ObjectNode object, String path) {
    union
        .properties()
        .forEach(
            discriminator -> {
              String name = discriminator.getKey();
              String chosen = discriminator.getValue().path(object.path(name).asText()).asText();
              for (Map.Entry<String, JsonNode> member : discriminator.getValue().properties()) {
                String field = member.getValue().asText();
                if (object.has(field) && !field.equals(chosen)) {
                  error(
                      FieldPath.field(path, field),
                      FieldError.FORBIDDEN,
                      MissingNode.getInstance(),
                      "goes with " + name + " " + member.getKey() + " alone");
                }
              }
              if (!chosen.isEmpty() && !object.has(chosen)) {
                error(
                    FieldPath.field(path, chosen),
                    FieldError.REQUIRED,
                    MissingNode.getInstance(),
                    name + " " + object.path(name).asText() + " needs it");
              }
            });
  }

  private void error(String path, String reason, JsonNode value, String message) {
    errors.add(new FieldError(path, reason, value, message));
  }

  private static String nearest(String name, JsonNode properties) {
    List<String> known =
        names(properties).stream()
            .filter(property -> !properties.path(property).has(REFUSED))
            .toList();
    return known.stream()
        .filter(property -> EditDistance.within(name, property, 2))
        .findFirst()
        .map(property -> "did you mean " + property + "?")
        .orElse(known.isEmpty() ? "there are none here" : "there are " + String.join(", ", known));
  }
}
