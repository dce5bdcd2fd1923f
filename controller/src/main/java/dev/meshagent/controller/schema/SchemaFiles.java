package dev.meshagent.controller.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.wire.MalformedDocument;
import dev.meshagent.controller.wire.YamlText;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads the schema files from the class path and puts in place what they refer to: {@code #/Name}
 * in their own definitions, {@code common#/Name} in another file. What stands beside a reference
 * comes on top of what it refers to. For one thread.
 */
final class SchemaFiles {
  private final Map<String, ObjectNode> files = new HashMap<>();

  /** The file with every reference replaced, and without its definitions. */
  ObjectNode resolved(String name) {
    ObjectNode own = file(name).deepCopy();
    own.remove("definitions");
    return (ObjectNode) resolve(own, name);
  }

  /** One definition of a file that others share. */
  ObjectNode shared(String reference) {
    return (ObjectNode)
        resolve(JsonNodeFactory.instance.objectNode().put("$ref", reference), "common");
  }

  private JsonNode resolve(JsonNode node, String file) {
    if (node instanceof ArrayNode array) {
      ArrayNode out = JsonNodeFactory.instance.arrayNode();
      array.forEach(item -> out.add(resolve(item, file)));
      return out;
    }
    if (!(node instanceof ObjectNode object)) {
      return node;
    }
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    if (object.path("$ref").isTextual()) {
      String reference = object.path("$ref").asText();
      int hash = reference.indexOf("#/");
      String name = reference.substring(hash + 2);
      String other = hash == 0 ? file : reference.substring(0, hash);
      JsonNode target =
          hash == 0 ? file(file).path("definitions").path(name) : file(other).path(name);
      if (!target.isObject()) {
        throw new IllegalStateException(
            file + ".yaml refers to " + reference + ", which is not there");
      }
      out.setAll((ObjectNode) resolve(target, other));
    }
    object
        .properties()
        .forEach(
            field -> {
              if (!field.getKey().equals("$ref")) {
                JsonNode value = resolve(field.getValue(), file);
                if (out.path(field.getKey()) instanceof ObjectNode under
                    && value instanceof ObjectNode over) {
                  under.setAll(over);
                } else {
                  out.set(field.getKey(), value);
                }
              }
            });
    return out;
  }

  private ObjectNode file(String name) {
    return files.computeIfAbsent(name, SchemaFiles::read);
  }

  private static ObjectNode read(String name) {
    try (InputStream in = SchemaFiles.class.getResourceAsStream(name + ".yaml")) {
      return (ObjectNode) YamlText.readAll(in.readAllBytes()).get(0);
    } catch (IOException | MalformedDocument e) {
      throw new IllegalStateException("schema/" + name + ".yaml cannot be read", e);
    }
  }
}
