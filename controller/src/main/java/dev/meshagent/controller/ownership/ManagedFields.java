package dev.meshagent.controller.ownership;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code metadata.managedFields}: which manager wrote which fields, and how. For one thread. */
final class ManagedFields {
  static final String APPLY = "Apply";
  static final String UPDATE = "Update";

  /** Fields of metadata that the server sets or that name the object; nobody owns them. */
  private static final List<String> UNOWNED =
      List.of(
          "name",
          "namespace",
          "generateName",
          "uid",
          "resourceVersion",
          "generation",
          "creationTimestamp",
          "deletionTimestamp",
          "deletionGracePeriodSeconds",
          "selfLink",
          "managedFields");

  /** A manager's part, told from others by its name and whether it applies or updates. */
  record Who(String manager, String operation) {}

  record Part(String apiVersion, String time, FieldSet fields) {}

  private final Map<Who, Part> parts = new LinkedHashMap<>();

  static ManagedFields of(JsonNode entries) {
    ManagedFields out = new ManagedFields();
    for (JsonNode entry : entries) {
      Who who = new Who(entry.path("manager").asText(), entry.path("operation").asText());
      if (!who.manager().isEmpty() && entry.path("fieldsV1").isObject()) {
        out.parts.put(
            who,
            new Part(
                entry.path("apiVersion").asText(),
                entry.path("time").asText(),
                FieldSet.of(entry.path("fieldsV1"))));
      }
    }
    return out;
  }

  /** The fields of a document that can be owned. */
  static ObjectNode ownable(JsonNode document) {
    ObjectNode out = document.deepCopy();
    out.remove(List.of("apiVersion", "kind", "status"));
    if (out.path("metadata") instanceof ObjectNode metadata) {
      metadata.remove(UNOWNED);
      if (metadata.isEmpty()) {
        out.remove("metadata");
      }
    }
    return out;
  }

  Map<Who, Part> parts() {
    return parts;
  }

  FieldSet fields(Who who) {
    Part part = parts.get(who);
    return part == null ? new FieldSet() : part.fields();
  }

  /** Says what a manager owns now; the time stays if that is what it owned. */
  void set(Who who, FieldSet fields, String apiVersion, String time) {
    Part before = parts.get(who);
    if (fields.isEmpty()) {
      parts.remove(who);
    } else if (before == null
        || !before.fields().equals(fields)
        || !before.apiVersion().equals(apiVersion)) {
      parts.put(who, new Part(apiVersion, time, fields));
    }
  }

  /** All others give these fields up. */
  void takeFromOthers(Who but, FieldSet fields) {
    for (Who who : List.copyOf(parts.keySet())) {
      if (!who.equals(but)) {
        Part part = parts.get(who);
        set(who, part.fields().minus(fields), part.apiVersion(), part.time());
      }
    }
  }

  FieldSet ofOthers(Who but) {
    FieldSet all = new FieldSet();
    for (Map.Entry<Who, Part> entry : parts.entrySet()) {
      if (!entry.getKey().equals(but)) {
        all = all.union(entry.getValue().fields());
      }
    }
    return all;
  }

  ArrayNode json() {
    ArrayNode out = JsonNodeFactory.instance.arrayNode();
    parts.forEach(
        (who, part) -> {
          ObjectNode entry = out.addObject();
          entry.put("manager", who.manager());
          entry.put("operation", who.operation());
          entry.put("apiVersion", part.apiVersion());
          entry.put("time", part.time());
          entry.put("fieldsType", "FieldsV1");
          entry.set("fieldsV1", part.fields().json());
        });
    return out;
  }
}
