package dev.meshagent.controller.patch;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.wire.Bounds;

/** JSON patch (RFC 6902). For one document and one thread. */
public final class JsonPatch {
  /** As many operations as a Kubernetes API server takes. */
  private static final int OPERATIONS = 10_000;

  /** What copies may add up to: a few of them in a row can double a document each. */
  private static final int COPIED = Bounds.TOKENS;

  /** The document is kept under this name, so that its root is no special case. */
  private static final String ROOT = "document";

  private final ObjectNode holder = JsonNodeFactory.instance.objectNode();
  private int copied;

  private JsonPatch(JsonNode document) {
    holder.set(ROOT, document.deepCopy());
  }

  /**
   * The document after the patch; neither of the two is changed.
   *
   * @throws PatchFailure if an operation is none, names what is not there, or tests false
   */
  public static JsonNode apply(JsonNode document, JsonNode patch) throws PatchFailure {
    if (!patch.isArray()) {
      throw new PatchFailure("a JSON patch is a list of operations");
    }
    if (patch.size() > OPERATIONS) {
      throw new PatchFailure("more than " + OPERATIONS + " operations");
    }
    JsonPatch work = new JsonPatch(document);
    for (int i = 0; i < patch.size(); i++) {
      try {
        work.run(patch.get(i));
      } catch (PatchFailure e) {
        throw new PatchFailure("operation " + i + ": " + e.getMessage());
      }
    }
    if (!work.holder.has(ROOT)) {
      throw new PatchFailure("nothing is left of the document");
    }
    return work.holder.get(ROOT);
  }

  private void run(JsonNode operation) throws PatchFailure {
    String op = operation.path("op").asText();
    JsonPointer path = pointer(operation, "path");
    switch (op) {
      case "add" -> add(path, value(operation));
      case "remove" -> remove(path);
      case "replace" -> {
        JsonNode value = value(operation);
        remove(path);
        add(path, value);
      }
      case "move" -> {
        JsonPointer from = pointer(operation, "from");
        if (!path.equals(from) && path.toString().startsWith(from + "/")) {
          throw new PatchFailure("moves " + from + " into itself");
        }
        add(path, remove(from));
      }
      case "copy" -> {
        JsonNode value = find(pointer(operation, "from"));
        copied += size(value);
        if (copied > COPIED) {
          throw new PatchFailure("copies more than " + COPIED + " values");
        }
        add(path, value.deepCopy());
      }
      case "test" -> {
        if (!find(path).equals(value(operation))) {
          throw new PatchFailure("test: " + shown(operation) + " holds another value");
        }
      }
      default ->
          throw new PatchFailure(
              "op is '" + op + "'; write add, remove, replace, move, copy or test");
    }
  }

  private static JsonPointer pointer(JsonNode operation, String field) throws PatchFailure {
    JsonNode text = operation.path(field);
    try {
      if (text.isTextual() && (text.asText().isEmpty() || text.asText().startsWith("/"))) {
        return JsonPointer.compile("/" + ROOT + text.asText());
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new PatchFailure(field + " has to be a JSON pointer such as /spec/hosts/0");
  }

  private static JsonNode value(JsonNode operation) throws PatchFailure {
    if (!operation.has("value")) {
      throw new PatchFailure("value is missing");
    }
    return operation.get("value").deepCopy();
  }

  private JsonNode find(JsonPointer path) throws PatchFailure {
    JsonNode found = holder.at(path);
    if (found.isMissingNode()) {
      throw new PatchFailure(absent(path));
    }
    return found;
  }

  private void add(JsonPointer path, JsonNode value) throws PatchFailure {
    JsonNode parent = find(path.head());
    String last = path.last().getMatchingProperty();
    if (parent instanceof ObjectNode object) {
      object.set(last, value);
    } else if (parent instanceof ArrayNode array) {
      int index = last.equals("-") ? array.size() : path.last().getMatchingIndex();
      if (index < 0 || index > array.size()) {
        throw new PatchFailure(absent(path));
      }
      array.insert(index, value);
    } else {
      throw new PatchFailure(absent(path));
    }
  }

  private JsonNode remove(JsonPointer path) throws PatchFailure {
    JsonNode found = find(path);
    JsonNode parent = holder.at(path.head());
    if (parent instanceof ObjectNode object) {
      object.remove(path.last().getMatchingProperty());
    } else {
      ((ArrayNode) parent).remove(path.last().getMatchingIndex());
    }
    return found;
  }

  private static int size(JsonNode node) {
    int size = 1;
    for (JsonNode child : node) {
      size += size(child);
    }
    return size;
  }

  private static String shown(JsonNode operation) {
    return operation.path("path").asText();
  }

  private static String absent(JsonPointer path) {
    return path.toString().substring(ROOT.length() + 1) + " is not there";
  }
}
