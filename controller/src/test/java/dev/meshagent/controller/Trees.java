package dev.meshagent.controller;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.wire.MalformedDocument;
import dev.meshagent.controller.wire.YamlText;
import java.nio.charset.StandardCharsets;

/** Documents for tests, written in YAML. */
public final class Trees {
  private Trees() {}

  public static JsonNode tree(String... lines) {
    try {
      return YamlText.readAll(String.join("\n", lines).getBytes(StandardCharsets.UTF_8)).get(0);
    } catch (MalformedDocument e) {
      throw new AssertionError(e);
    }
  }

  public static ObjectNode object(String... lines) {
    return (ObjectNode) tree(lines);
  }
}
