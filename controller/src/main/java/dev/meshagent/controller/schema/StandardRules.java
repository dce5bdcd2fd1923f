package dev.meshagent.controller.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.NodePath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

/**
 * What JSON Schema itself says about a document: types, enumerations, bounds, patterns and required
 * fields, judged by a library and told in our words. Thread-safe.
 */
final class StandardRules {
  private static final String FORM = "x-mesh-form";

  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  private final Schema schema;

  /** What a pattern means, by the pattern. */
  private final Map<String, String> forms = new HashMap<>();

  StandardRules(ObjectNode root) {
    ObjectNode standard = root.deepCopy();
    strip(standard);
    this.schema = REGISTRY.getSchema(standard);
  }

  /** Takes out what JSON Schema does not know, and says in its words what else there is. */
  private void strip(JsonNode node) {
    if (node instanceof ObjectNode object) {
      if (object.path("x-kubernetes-int-or-string").asBoolean()) {
        object.putArray("type").add("integer").add("string");
      }
      if (object.has(FORM)) {
        forms.put(object.path("pattern").asText(), object.path(FORM).asText());
      }
      object.properties().removeIf(field -> field.getKey().startsWith("x-"));
      object.remove(List.of("default", "description"));
      if (object.path("properties") instanceof ObjectNode properties) {
        properties.forEach(this::strip);
      }
      strip(object.path("additionalProperties"));
      strip(object.path("items"));
    }
  }

  /**
   * @param judged paths that need no further word
   */
  List<FieldError> errors(ObjectNode document, Set<String> judged) {
    List<FieldError> errors = new ArrayList<>();
    for (Error error : schema.validate(document)) {
      FieldError told = told(error);
      if (!judged.contains(told.path())) {
        errors.add(told);
      }
    }
    return errors;
  }

  private FieldError told(Error error) {
    String path = path(error.getInstanceLocation());
    JsonNode value = error.getInstanceNode();
    JsonNode rule = error.getSchemaNode();
    switch (error.getKeyword()) {
      case "required":
        return new FieldError(
            FieldPath.field(path, error.getProperty()),
            FieldError.REQUIRED,
            MissingNode.getInstance(),
            "has to be there");
      case "type":
        return new FieldError(path, FieldError.TYPE, value, "has to be " + type(rule));
      case "enum":
        return new FieldError(path, FieldError.NOT_SUPPORTED, value, "write one of " + list(rule));
      case "minimum":
        return new FieldError(path, FieldError.INVALID, value, "has to be at least " + bound(rule));
      case "maximum":
        return new FieldError(path, FieldError.INVALID, value, "has to be at most " + bound(rule));
      case "minLength":
        return new FieldError(path, FieldError.INVALID, value, "must not be empty");
      case "maxLength":
        return new FieldError(
            path, FieldError.INVALID, value, "longer than " + bound(rule) + " characters");
      case "minItems":
        return new FieldError(
            path, FieldError.INVALID, value, "needs at least " + bound(rule) + " items");
      case "maxItems":
      case "maxProperties":
        return new FieldError(
            path, FieldError.INVALID, value, "takes at most " + bound(rule) + " of them");
      case "pattern":
        String form = forms.getOrDefault(rule.asText(), "of the form " + rule.asText());
        return new FieldError(path, FieldError.INVALID, value, "has to be " + form);
      default:
        return new FieldError(path, FieldError.INVALID, value, error.getMessage());
    }
  }

  private static String path(NodePath location) {
    String path = "";
    for (int i = 0; i < location.getNameCount(); i++) {
      Object element = location.getElement(i);
      path =
          element instanceof Integer index
              ? FieldPath.item(path, index)
              : FieldPath.field(path, element.toString());
    }
    return path;
  }

  private static String bound(JsonNode rule) {
    return rule.asText();
  }

  private static String type(JsonNode rule) {
    return rule instanceof ArrayNode ? list(rule) : "of type " + rule.asText();
  }

  private static String list(JsonNode values) {
    StringJoiner list = new StringJoiner(", ");
    values.forEach(value -> list.add(value.asText().isEmpty() ? "\"\"" : value.asText()));
    return list.toString();
  }
}
