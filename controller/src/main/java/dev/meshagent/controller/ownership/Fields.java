package dev.meshagent.controller.ownership;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What is done with documents field by field, along a schema: which fields there are, which differ,
 * laying one document over another, and taking fields out. Stateless; documents are not changed.
 */
final class Fields {
  private Fields() {}

  /** The fields of a value that have an owner. */
  static FieldSet in(JsonNode schema, JsonNode value) {
    FieldSet out = new FieldSet();
    collect(schema, value, out);
    return out;
  }

  private static void collect(JsonNode schema, JsonNode value, FieldSet out) {
    Shape shape = Shape.of(schema);
    if (shape == Shape.ATOMIC || !shape.fits(value)) {
      out.include();
      return;
    }
    shape
        .parts(schema, value)
        .forEach(
            (element, part) -> {
              FieldSet below = out.child(element);
              collect(shape.part(schema, element), part, below);
              if (shape.ownsPart(schema, element) || part.isEmpty()) {
                below.include();
              }
            });
  }

  /**
   * The fields that differ.
   *
   * @param changed gathers those that are in {@code after} and not so in {@code before}
   * @param removed gathers those that are in {@code before} alone
   */
  static void compare(
      JsonNode schema, JsonNode before, JsonNode after, FieldSet changed, FieldSet removed) {
    if (before.equals(after)) {
      return;
    }
    Shape shape = Shape.of(schema);
    if (shape == Shape.ATOMIC || !shape.fits(before) || !shape.fits(after)) {
      changed.include();
      return;
    }
    Map<String, JsonNode> old = shape.parts(schema, before);
    Map<String, JsonNode> fresh = shape.parts(schema, after);
    Set<String> elements = new LinkedHashSet<>(old.keySet());
    elements.addAll(fresh.keySet());
    for (String element : elements) {
      JsonNode part = shape.part(schema, element);
      if (!fresh.containsKey(element)) {
        whole(shape, schema, element, old.get(element), removed);
      } else if (!old.containsKey(element)) {
        whole(shape, schema, element, fresh.get(element), changed);
      } else {
        compare(
            part,
            old.get(element),
            fresh.get(element),
            changed.child(element),
            removed.child(element));
      }
    }
  }

  private static void whole(
      Shape shape, JsonNode schema, String element, JsonNode value, FieldSet out) {
    FieldSet below = out.child(element);
    collect(shape.part(schema, element), value, below);
    if (shape.ownsPart(schema, element) || value.isEmpty()) {
      below.include();
    }
  }

  /** The base with all that the other says laid over it. */
  static JsonNode merge(JsonNode schema, JsonNode base, JsonNode over) {
    Shape shape = Shape.of(schema);
    if (shape == Shape.ATOMIC || !shape.fits(base) || !shape.fits(over)) {
      return over;
    }
    Map<String, JsonNode> parts = new LinkedHashMap<>(shape.parts(schema, base));
    shape
        .parts(schema, over)
        .forEach(
            (element, part) ->
                parts.merge(
                    element, part, (old, fresh) -> merge(shape.part(schema, element), old, fresh)));
    return shape.whole(parts);
  }

  /**
   * The value without some fields; what becomes empty by that goes too.
   *
   * @param gone what is taken out
   * @param kept what others own; an item in which they own something stays
   * @return a missing node if nothing is left
   */
  static JsonNode without(JsonNode schema, JsonNode value, FieldSet gone, FieldSet kept) {
    if (gone.isEmpty()) {
      return value;
    }
    Shape shape = Shape.of(schema);
    if (gone.hasSelf() && kept.isEmpty()) {
      return MissingNode.getInstance();
    }
    if (shape == Shape.ATOMIC || !shape.fits(value)) {
      return value;
    }
    Map<String, JsonNode> parts = new LinkedHashMap<>();
    shape
        .parts(schema, value)
        .forEach(
            (element, part) -> {
              JsonNode left =
                  without(
                      shape.part(schema, element), part, gone.below(element), kept.below(element));
              if (shape == Shape.KEYED && left instanceof ObjectNode item) {
                // Whoever else owns a field of the item needs what tells it from others.
                Shape.keyNames(schema).forEach(key -> restore(item, part, key));
              }
              if (!left.isMissingNode()) {
                parts.put(element, left);
              }
            });
    return parts.isEmpty() && !value.isEmpty() ? MissingNode.getInstance() : shape.whole(parts);
  }

  private static void restore(ObjectNode item, JsonNode before, String key) {
    if (!item.has(key) && before.has(key)) {
      item.set(key, before.get(key));
    }
  }
}
