package dev.meshagent.controller.compile.document;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.meshagent.controller.store.Resource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * An object within a document, with its path. It remembers which fields were asked for, so that
 * {@link #end} can refuse those that nobody obeys. What stands there in another form than expected
 * is reported and counts as absent. Not thread-safe.
 */
public final class Node {
  private static final String PLAIN_NAME = "[A-Za-z_][A-Za-z0-9_]*";

  private final JsonNode tree;
  private final String path;
  private final Problems problems;
  private final Set<String> asked = new HashSet<>();

  private Node(JsonNode tree, String path, Problems problems) {
    this.tree = tree;
    this.path = path;
    this.problems = problems;
  }

  /** The {@code spec} of a resource; without fields if it has none. */
  public static Node spec(Resource resource, Problems problems) {
    return new Node(resource.spec(), "spec", problems);
  }

  /** The annotations of a resource. */
  public static Node annotations(Resource resource, Problems problems) {
    return new Node(resource.metadata().path("annotations"), "metadata.annotations", problems);
  }

  public String path() {
    return path;
  }

  public Problems problems() {
    return problems;
  }

  /** The path of a field of this object. */
  public String path(String field) {
    return field.matches(PLAIN_NAME) ? path + "." + field : path + "[\"" + field + "\"]";
  }

  private JsonNode ask(String field) {
    asked.add(field);
    JsonNode value = tree.get(field);
    return value == null || value.isNull() ? MissingNode.getInstance() : value;
  }

  public boolean has(String field) {
    return !ask(field).isMissingNode();
  }

  public boolean isEmpty() {
    return tree.isEmpty();
  }

  /** The names of the fields that are there. */
  public List<String> fields() {
    List<String> names = new ArrayList<>();
    tree.fieldNames().forEachRemaining(names::add);
    return names;
  }

  public Optional<String> text(String field) {
    JsonNode value = ask(field);
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      error(field, "write a text here, in quotes");
      return Optional.empty();
    }
    return Optional.of(value.textValue());
  }

  public String text(String field, String absent) {
    return text(field).orElse(absent);
  }

  /** A text that has to be there and not to be empty; empty after an error. */
  public String required(String field) {
    Optional<String> value = text(field);
    if (value.isEmpty() || value.get().isEmpty()) {
      error(field, "is missing; write a text that is not empty");
    }
    return value.orElse("");
  }

  public boolean flag(String field, boolean absent) {
    JsonNode value = ask(field);
    if (!value.isMissingNode() && !value.isBoolean()) {
      error(field, "write true or false");
    }
    return value.asBoolean(absent);
  }

  public OptionalLong whole(String field, long least, long most) {
    JsonNode value = ask(field);
    if (value.isMissingNode()) {
      return OptionalLong.empty();
    }
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < least
        || value.longValue() > most) {
      error(field, "write a whole number from " + least + " to " + most);
      return OptionalLong.empty();
    }
    return OptionalLong.of(value.longValue());
  }

  public OptionalInt integer(String field, int least, int most) {
    OptionalLong value = whole(field, least, most);
    return value.isPresent() ? OptionalInt.of((int) value.getAsLong()) : OptionalInt.empty();
  }

  public int integer(String field, int least, int most, int absent) {
    return integer(field, least, most).orElse(absent);
  }

  public OptionalDouble number(String field, double least, double most) {
    JsonNode value = ask(field);
    if (value.isMissingNode()) {
      return OptionalDouble.empty();
    }
    if (!value.isNumber() || !(value.doubleValue() >= least && value.doubleValue() <= most)) {
      error(field, "write a number from " + plain(least) + " to " + plain(most));
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(value.doubleValue());
  }

  private static String plain(double number) {
    return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
  }

  /** A duration in ns. */
  public OptionalLong nanos(String field) {
    return duration(field, false);
  }

  /** A duration in ns, in the narrower form of Gateway API. */
  public OptionalLong gatewayNanos(String field) {
    return duration(field, true);
  }

  private OptionalLong duration(String field, boolean gateway) {
    Optional<String> value = text(field);
    if (value.isEmpty()) {
      return OptionalLong.empty();
    }
    OptionalLong nanos =
        gateway ? Durations.gatewayNanos(value.get()) : Durations.nanos(value.get());
    if (nanos.isEmpty()) {
      error(field, "is no duration; write one such as 250ms, 5s or 1h30m");
    }
    return nanos;
  }

  /** A duration in ns of at least so many ns. */
  public OptionalLong nanosFrom(String field, long leastNanos, String least) {
    OptionalLong nanos = nanos(field);
    if (nanos.isPresent() && nanos.getAsLong() < leastNanos) {
      error(field, "is too short; the least is " + least);
      return OptionalLong.empty();
    }
    return nanos;
  }

  public Optional<Node> object(String field) {
    JsonNode value = ask(field);
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    if (!value.isObject()) {
      error(field, "write an object here");
      return Optional.empty();
    }
    return Optional.of(new Node(value, path(field), problems));
  }

  /** Reports if the field is not there. */
  public void requireObject(String field) {
    if (!has(field)) {
      error(field, "is missing");
    }
  }

  public List<Node> objects(String field) {
    List<Node> nodes = new ArrayList<>();
    for (Item item : items(field)) {
      if (item.value.isObject()) {
        nodes.add(new Node(item.value, item.path, problems));
      } else {
        problems.error(item.path, item.value, "write an object here");
      }
    }
    return nodes;
  }

  public List<String> texts(String field) {
    List<String> texts = new ArrayList<>();
    for (Item item : items(field)) {
      if (item.value.isTextual()) {
        texts.add(item.value.textValue());
      } else {
        problems.error(item.path, item.value, "write a text here, in quotes");
      }
    }
    return texts;
  }

  /** Whole numbers of a list. */
  public List<Integer> integers(String field, int least, int most) {
    List<Integer> numbers = new ArrayList<>();
    for (Item item : items(field)) {
      if (item.value.canConvertToInt()
          && item.value.isIntegralNumber()
          && item.value.intValue() >= least
          && item.value.intValue() <= most) {
        numbers.add(item.value.intValue());
      } else {
        problems.error(item.path, item.value, "write a whole number from " + least + " to " + most);
      }
    }
    return numbers;
  }

  private List<Item> items(String field) {
    JsonNode value = ask(field);
    List<Item> items = new ArrayList<>();
    if (!value.isMissingNode() && !value.isArray()) {
      error(field, "write a list here");
      return items;
    }
    for (int i = 0; i < value.size(); i++) {
      items.add(new Item(value.get(i), path(field) + "[" + i + "]"));
    }
    return items;
  }

  /** An object whose values are all texts. */
  public Map<String, String> textMap(String field) {
    Map<String, String> map = new LinkedHashMap<>();
    object(field).ifPresent(o -> o.fields().forEach(k -> o.text(k).ifPresent(v -> map.put(k, v))));
    return map;
  }

  /** An object whose values are all whole numbers. */
  public Map<String, Integer> integerMap(String field, int least, int most) {
    Map<String, Integer> map = new LinkedHashMap<>();
    object(field)
        .ifPresent(
            o -> o.fields().forEach(k -> o.integer(k, least, most).ifPresent(v -> map.put(k, v))));
    return map;
  }

  /** An object whose values are all objects. */
  public Map<String, Node> objectMap(String field) {
    Map<String, Node> map = new LinkedHashMap<>();
    object(field)
        .ifPresent(o -> o.fields().forEach(k -> o.object(k).ifPresent(v -> map.put(k, v))));
    return map;
  }

  /** Reports an error at a field, which counts as asked for. */
  public void error(String field, String message) {
    problems.error(path(field), ask(field), message);
  }

  /** Reports an error at this object. */
  public void error(String message) {
    problems.error(path, tree, message);
  }

  public void warn(String field, String message) {
    problems.warn(path(field), ask(field), message);
  }

  /** Refuses a field, if it is there, for this reason. */
  public void refuse(String field, String why) {
    if (has(field)) {
      error(field, "is not obeyed by this mesh: " + why);
    }
  }

  /** Refuses these fields, if they are there, for one reason. */
  public void refuseAll(List<String> fields, String why) {
    fields.forEach(field -> refuse(field, why));
  }

  /** Counts a field as asked for: somebody else reads it. */
  public Node skip(String... fields) {
    asked.addAll(List.of(fields));
    return this;
  }

  /** Which of these fields are there. */
  public List<String> present(String... fields) {
    List<String> there = new ArrayList<>();
    for (String field : fields) {
      if (has(field)) {
        there.add(field);
      }
    }
    return there;
  }

  /** Reports if not exactly one of these fields is there; true if one is. */
  public boolean exactlyOne(String... fields) {
    List<String> there = present(fields);
    if (there.size() != 1) {
      error(
          "write exactly one of "
              + String.join(", ", fields)
              + (there.isEmpty() ? "; there is none" : "; there are " + String.join(", ", there)));
    }
    return there.size() == 1;
  }

  /** Reports if more than one of these fields is there. */
  public void atMostOne(String... fields) {
    List<String> there = present(fields);
    if (there.size() > 1) {
      error("write one of " + String.join(", ", there) + ", not several");
    }
  }

  /** Refuses every field that nobody asked for. */
  public void end() {
    for (String field : fields()) {
      if (!asked.contains(field)) {
        error(field, "is not obeyed by this mesh; take it out");
      }
    }
  }

  private record Item(JsonNode value, String path) {}
}
