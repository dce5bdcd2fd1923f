package dev.meshagent.controller.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.meshagent.controller.schema.FieldError;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.store.ResourceKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** What Kubernetes asks of names, labels and annotations. Stateless. */
final class MetadataRules {
  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
  private static final Pattern SERVICE = Pattern.compile("[a-z]([-a-z0-9]{0,61}[a-z0-9])?");
  private static final Pattern SUBDOMAIN =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final Pattern QUALIFIED =
      Pattern.compile(
          "([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?"
              + "[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?");
  private static final int LONGEST_NAME = 253;

  /** Bytes of all annotations together. */
  private static final int ANNOTATIONS = 256 * 1024;

  private MetadataRules() {}

  static List<FieldError> errors(ResourceKey key, JsonNode metadata) {
    List<FieldError> errors = new ArrayList<>();
    name(key, errors);
    if (key.kind().namespaced && !LABEL.matcher(key.namespace()).matches()) {
      errors.add(
          invalid(
              "metadata.namespace",
              key.namespace(),
              "a namespace has small letters, digits and '-', at most 63, such as shop"));
    }
    keys("metadata.labels", metadata.path("labels"), errors);
    keys("metadata.annotations", metadata.path("annotations"), errors);
    int size = 0;
    for (Map.Entry<String, JsonNode> annotation : metadata.path("annotations").properties()) {
      size += annotation.getKey().length() + annotation.getValue().asText().length();
    }
    if (size > ANNOTATIONS) {
      errors.add(
          new FieldError(
              "metadata.annotations",
              FieldError.INVALID,
              MissingNode.getInstance(),
              "more than " + ANNOTATIONS + " characters together"));
    }
    return errors;
  }

  private static void name(ResourceKey key, List<FieldError> errors) {
    String name = key.name();
    if (key.kind() == Kind.SERVICE) {
      if (!SERVICE.matcher(name).matches() || name.equals("localhost")) {
        errors.add(
            invalid(
                "metadata.name",
                name,
                "a service's name is a DNS label that begins with a letter, such as orders"));
      }
    } else if (key.kind() == Kind.NAMESPACE) {
      if (!LABEL.matcher(name).matches()) {
        errors.add(
            invalid(
                "metadata.name",
                name,
                "a namespace has small letters, digits and '-', at most 63, such as shop"));
      }
    } else if (name.length() > LONGEST_NAME || !SUBDOMAIN.matcher(name).matches()) {
      errors.add(
          invalid(
              "metadata.name",
              name,
              "a name has small letters, digits, '-' and '.', at most 253, such as orders-v2"));
    }
  }

  private static void keys(String path, JsonNode map, List<FieldError> errors) {
    map.fieldNames()
        .forEachRemaining(
            key -> {
              String form = path.endsWith("annotations") ? key.toLowerCase(Locale.ROOT) : key;
              if (key.length() > LONGEST_NAME + 64 || !QUALIFIED.matcher(form).matches()) {
                errors.add(
                    invalid(path, key, "write a name such as version, or example.com/version"));
              }
            });
  }

  private static FieldError invalid(String path, String value, String message) {
    return new FieldError(path, FieldError.INVALID, TextNode.valueOf(value), message);
  }
}
