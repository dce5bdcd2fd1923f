package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.MediaType;
import dev.meshagent.controller.wire.JsonText;
import dev.meshagent.controller.wire.MalformedDocument;
import dev.meshagent.controller.wire.YamlText;
import dev.meshagent.controller.write.Rejection;
import java.util.List;

/** Reads documents out of request bodies. Stateless. */
final class Bodies {
  private Bodies() {}

  /** The type without its parameters; empty if the client names none. */
  static String type(MediaType type) {
    return type == null ? "" : type.type() + "/" + type.subtype();
  }

  /** One object, in JSON or YAML as its type says. */
  static ObjectNode object(MediaType type, byte[] body) throws Rejection {
    List<JsonNode> all = all(type, body);
    if (all.size() == 1 && all.get(0) instanceof ObjectNode object) {
      return object;
    }
    throw Rejection.badRequest("the body has to be one object");
  }

  /** All documents, in JSON or YAML as its type says. */
  static List<JsonNode> all(MediaType type, byte[] body) throws Rejection {
    try {
      return switch (type(type)) {
        case "application/json" -> List.of(JsonText.read(body));
        case "application/yaml", "application/x-yaml", "text/yaml" -> YamlText.readAll(body);
        default ->
            throw Rejection.unsupportedMediaType(
                "the body is of type '"
                    + type(type)
                    + "'; send Content-Type: application/json or application/yaml (kubectl does"
                    + " with -f)");
      };
    } catch (MalformedDocument e) {
      throw Rejection.badRequest("the body is " + e.getMessage());
    }
  }

  /** One tree, in JSON whatever the type is called. */
  static JsonNode json(byte[] body) throws Rejection {
    try {
      return JsonText.read(body);
    } catch (MalformedDocument e) {
      throw Rejection.badRequest("the body is " + e.getMessage());
    }
  }

  /** One object, in YAML, of which JSON is a part. */
  static ObjectNode yaml(byte[] body) throws Rejection {
    return object(MediaType.parse("application/yaml"), body);
  }
}
