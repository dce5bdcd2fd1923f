package dev.meshagent.controller.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** JSON merge patch (RFC 7396). Stateless. */
public final class MergePatch {
  private MergePatch() {}

  /** The document after the patch; neither of the two is changed. */
  public static JsonNode apply(JsonNode document, JsonNode patch) {
    if (!(patch instanceof ObjectNode changes)) {
      return patch.deepCopy();
    }
    ObjectNode out =
        document instanceof ObjectNode object
            ? object.deepCopy()
            : JsonNodeFactory.instance.objectNode();
    changes
        .properties()
        .forEach(
            change -> {
              if (change.getValue().isNull()) {
                out.remove(change.getKey());
              } else {
                out.set(change.getKey(), apply(out.path(change.getKey()), change.getValue()));
              }
            });
    return out;
  }
}
