package dev.meshagent.controller.ownership;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A set of fields of a document, as a tree of path elements in the form of FieldsV1: {@code f:name}
 * for a field, {@code k:{…}} for an item of a list by its keys, {@code v:…} for one by its value.
 * For one thread.
 */
final class FieldSet {
  private static final String SELF = ".";

  private final Map<String, FieldSet> children = new TreeMap<>();
  private boolean member;

  /** The set of what lies below one element; made if absent. */
  FieldSet child(String element) {
    return children.computeIfAbsent(element, e -> new FieldSet());
  }

  /** Puts the place itself in. */
  void include() {
    member = true;
  }

  boolean isEmpty() {
    return !member && children.values().stream().allMatch(FieldSet::isEmpty);
  }

  FieldSet union(FieldSet other) {
    FieldSet out = copy();
    out.addAll(other);
    return out;
  }

  private void addAll(FieldSet other) {
    member |= other.member;
    other.children.forEach((element, child) -> child(element).addAll(child));
  }

  FieldSet copy() {
    FieldSet out = new FieldSet();
    out.addAll(this);
    return out;
  }

  FieldSet minus(FieldSet other) {
    FieldSet out = new FieldSet();
    out.member = member && !other.member;
    children.forEach(
        (element, child) -> {
          FieldSet taken = other.children.get(element);
          FieldSet left = taken == null ? child.copy() : child.minus(taken);
          if (!left.isEmpty()) {
            out.children.put(element, left);
          }
        });
    return out;
  }

  FieldSet intersection(FieldSet other) {
    FieldSet out = new FieldSet();
    out.member = member && other.member;
    children.forEach(
        (element, child) -> {
          FieldSet same = other.children.get(element);
          if (same != null) {
            FieldSet both = child.intersection(same);
            if (!both.isEmpty()) {
              out.children.put(element, both);
            }
          }
        });
    return out;
  }

  /** What of this set lies below an element; empty if nothing. */
  FieldSet below(String element) {
    return children.getOrDefault(element, new FieldSet());
  }

  boolean hasSelf() {
    return member;
  }

  /** The paths as a person reads them, such as {@code .spec.ports[port=80]}. */
  void paths(String prefix, List<String> out) {
    if (member) {
      out.add(prefix);
    }
    children.forEach((element, child) -> child.paths(prefix + shown(element), out));
  }

  private static String shown(String element) {
    String text = element.substring(2);
    return switch (element.charAt(0)) {
      case 'f' -> "." + text;
      case 'k' -> "[" + text.replaceAll("[{}\"]", "").replace(":", "=") + "]";
      default -> "[=" + text + "]";
    };
  }

  ObjectNode json() {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    if (member && !children.isEmpty()) {
      out.putObject(SELF);
    }
    children.forEach(
        (element, child) -> {
          if (!child.isEmpty()) {
            out.set(element, child.json());
          }
        });
    return out;
  }

  /** Reads FieldsV1; what has no such form is left out. */
  static FieldSet of(JsonNode fields) {
    FieldSet out = new FieldSet();
    fields
        .properties()
        .forEach(
            field -> {
              String element = field.getKey();
              if (element.equals(SELF)) {
                out.member = true;
              } else if (element.length() > 2 && element.charAt(1) == ':') {
                FieldSet child = of(field.getValue());
                child.member |= child.children.isEmpty();
                out.children.put(element, child);
              }
            });
    return out;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FieldSet set && json().equals(set.json()) && member == set.member;
  }

  @Override
  public int hashCode() {
    return json().hashCode();
  }

  @Override
  public String toString() {
    return json().toString();
  }
}
