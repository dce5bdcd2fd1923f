package dev.meshagent.controller.schema;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A field that is not as its kind has it.
 *
 * @param path such as {@code spec.http[0].route[1].weight}
 * @param reason the word of Kubernetes for it, such as {@code FieldValueInvalid}
 * @param value what stands there; a missing node where nothing does
 * @param message what is wrong and what to write instead
 */
public record FieldError(String path, String reason, JsonNode value, String message) {
  public static final String INVALID = "FieldValueInvalid";
  public static final String REQUIRED = "FieldValueRequired";
  public static final String NOT_SUPPORTED = "FieldValueNotSupported";
  public static final String FORBIDDEN = "FieldValueForbidden";
  public static final String DUPLICATE = "FieldValueDuplicate";
  public static final String TYPE = "FieldValueTypeInvalid";

  private static final int SHOWN = 80;

  /** In one line: path, value and remedy. */
  public String text() {
    String shown = value.isMissingNode() || value.isContainerNode() ? "" : cut(value) + ": ";
    return path + ": " + shown + message;
  }

  private static String cut(JsonNode value) {
    String text = value.toString();
    return text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
  }
}
