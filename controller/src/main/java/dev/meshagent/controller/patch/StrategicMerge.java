package dev.meshagent.controller.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Kubernetes' strategic merge patch: as a merge patch, but that lists of which the schema says so
 * are merged item by item, and with its directives {@code $patch}, {@code $retainKeys}, {@code
 * $deleteFromPrimitiveList} and {@code $setElementOrder}. Stateless.
 */
public final class StrategicMerge {
  private static final String PATCH = "$patch";
  private static final String RETAIN = "$retainKeys";
  private static final String DELETE = "$deleteFromPrimitiveList/";
  private static final String ORDER = "$setElementOrder/";

  private StrategicMerge() {}

  /**
   * The document after the patch; neither of the two is changed.
   *
   * @throws PatchFailure if a directive is none
   */
  public static ObjectNode apply(JsonNode schema, JsonNode document, JsonNode patch)
      throws PatchFailure {
    if (!(patch instanceof ObjectNode changes)) {
      throw new PatchFailure("a strategic merge patch is an object");
    }
    String directive = changes.path(PATCH).asText();
    if (directive.equals("replace")) {
      ObjectNode whole = changes.deepCopy();
      whole.remove(PATCH);
      return whole;
    }
    if (!directive.isEmpty() && !directive.equals("merge") && !directive.equals("delete")) {
      throw new PatchFailure("$patch is '" + directive + "'; write replace, merge or delete");
    }
    ObjectNode out =
        document instanceof ObjectNode object && !directive.equals("delete")
            ? object.deepCopy()
            : JsonNodeFactory.instance.objectNode();
    for (var change : changes.properties()) {
      field(schema, out, change.getKey(), change.getValue());
    }
    for (var change : changes.properties()) {
      if (change.getKey().startsWith(ORDER)) {
        String name = change.getKey().substring(ORDER.length());
        if (out.path(name) instanceof ArrayNode list) {
          out.set(name, ordered(list, change.getValue(), mergeKey(property(schema, name))));
        }
      }
    }
    if (changes.path(RETAIN) instanceof ArrayNode retained) {
      List<String> names = new ArrayList<>();
      retained.forEach(name -> names.add(name.asText()));
      out.retain(names);
    }
    return out;
  }

  private static void field(JsonNode schema, ObjectNode out, String name, JsonNode value)
      throws PatchFailure {
    if (name.equals(PATCH) || name.equals(RETAIN) || name.startsWith(ORDER)) {
      return;
    }
    if (name.startsWith(DELETE)) {
      if (out.path(name.substring(DELETE.length())) instanceof ArrayNode list) {
        removeAll(list, value);
      }
      return;
    }
    JsonNode property = property(schema, name);
    if (value.isNull()) {
      out.remove(name);
    } else if (value.isObject()) {
      if (value.path(PATCH).asText().equals("delete")) {
        out.remove(name);
      } else {
        out.set(name, apply(property, out.path(name), value));
      }
    } else if (value instanceof ArrayNode items && merges(property)) {
      out.set(name, list(property, out.path(name), items));
    } else {
      out.set(name, value.deepCopy());
    }
  }

  private static JsonNode property(JsonNode schema, String name) {
    JsonNode property = schema.path("properties").path(name);
    return property.isMissingNode() ? schema.path("additionalProperties") : property;
  }

  private static boolean merges(JsonNode property) {
    return property.path("x-kubernetes-patch-strategy").asText().equals("merge");
  }

  private static String mergeKey(JsonNode property) {
    return property.path("x-kubernetes-patch-merge-key").asText();
  }

  private static ArrayNode list(JsonNode schema, JsonNode current, ArrayNode patch)
      throws PatchFailure {
    String key = mergeKey(schema);
    ArrayNode out = JsonNodeFactory.instance.arrayNode();
    for (JsonNode change : patch) {
      if (change.path(PATCH).asText().equals("replace")) {
        patch.forEach(
            item -> {
              if (!item.has(PATCH)) {
                out.add(item.deepCopy());
              }
            });
        return out;
      }
    }
    current.forEach(item -> out.add(item.deepCopy()));
    for (JsonNode change : patch) {
      if (key.isEmpty()) {
        if (indexOf(out, key, change) < 0) {
          out.add(change.deepCopy());
        }
        continue;
      }
      if (!change.has(key)) {
        throw new PatchFailure("an item of a list that is merged has no " + key);
      }
      int index = indexOf(out, key, change.get(key));
      if (change.path(PATCH).asText().equals("delete")) {
        if (index >= 0) {
          out.remove(index);
        }
      } else if (index >= 0) {
        out.set(index, apply(schema.path("items"), out.get(index), change));
      } else {
        out.add(apply(schema.path("items"), JsonNodeFactory.instance.objectNode(), change));
      }
    }
    return out;
  }

  private static int indexOf(ArrayNode list, String key, JsonNode value) {
    for (int i = 0; i < list.size(); i++) {
      if ((key.isEmpty() ? list.get(i) : list.get(i).path(key)).equals(value)) {
        return i;
      }
    }
    return -1;
  }

  private static void removeAll(ArrayNode list, JsonNode values) {
    for (JsonNode value : values) {
      int index = indexOf(list, "", value);
      if (index >= 0) {
        list.remove(index);
      }
    }
  }

  /** Those that the order names in its order, those that it does not name behind them. */
  private static ArrayNode ordered(ArrayNode list, JsonNode order, String key) {
    ArrayNode out = JsonNodeFactory.instance.arrayNode();
    ArrayNode left = list.deepCopy();
    for (JsonNode place : order) {
      int index = indexOf(left, key, key.isEmpty() ? place : place.path(key));
      if (index >= 0) {
        out.add(left.remove(index));
      }
    }
    return out.addAll(left);
  }
}
