package dev.meshagent.controller.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** JSON (RFC 8259) as text. Stateless. */
public final class JsonText {
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxDocumentLength(Bounds.BYTES)
                          .maxStringLength(Bounds.BYTES)
                          .maxNestingDepth(Bounds.DEPTH)
                          .maxNumberLength(Bounds.DIGITS)
                          .maxTokenCount(Bounds.TOKENS)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .build();

  private JsonText() {}

  /**
   * @throws MalformedDocument if it is no JSON, is empty, or exceeds {@link Bounds}
   */
  public static JsonNode read(byte[] text) throws MalformedDocument {
    JsonNode node;
    try {
      node = MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      throw new MalformedDocument(
          "not read as JSON"
              + (at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr())
              + ": "
              + e.getOriginalMessage(),
          e);
    } catch (IOException e) {
      throw new MalformedDocument("not read as JSON: " + e.getMessage(), e);
    }
    if (node == null || node.isMissingNode()) {
      throw new MalformedDocument("the body is empty; send a document");
    }
    requireText(node);
    return node;
  }

  /** Half a surrogate pair can be written in an escape, but no text can hold it. */
  static void requireText(JsonNode node) throws MalformedDocument {
    try {
      MAPPER.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new MalformedDocument("not text: " + e.getOriginalMessage(), e);
    }
  }

  public static byte[] write(JsonNode node) {
    try {
      return MAPPER.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can always be written", e);
    }
  }
}
