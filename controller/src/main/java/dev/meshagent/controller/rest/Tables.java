package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.schema.KindSchema;
import dev.meshagent.controller.store.Resource;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tables that {@code kubectl get} prints: name, the columns that the kind's schema names, and
 * age. Stateless.
 */
final class Tables {
  /** One step of a column's path: a field, or the first item of a list whose field has a value. */
  private static final Pattern STEP = Pattern.compile("([^\\[]+)(?:\\[(\\w+)=(\\w+)])?");

  private Tables() {}

  /**
   * @param now milliseconds since 1970
   */
  static ObjectNode table(Presentation as, List<Resource> items, long version, long now) {
    JsonNode columns = KindSchema.of(as.target().kind()).root().path("x-mesh-columns");
    ObjectNode table = JsonNodeFactory.instance.objectNode();
    table.put("kind", "Table");
    table.put("apiVersion", "meta.k8s.io/v1");
    table.putObject("metadata").put("resourceVersion", Long.toString(version));
    ArrayNode definitions = table.putArray("columnDefinitions");
    column(definitions, "Name", "name");
    columns.forEach(column -> column(definitions, column.path("name").asText(), ""));
    column(definitions, "Age", "");
    ArrayNode rows = table.putArray("rows");
    for (Resource item : items) {
      ObjectNode row = rows.addObject();
      ArrayNode cells = row.putArray("cells");
      cells.add(item.key().name());
      columns.forEach(column -> cells.add(cell(item.document(), column)));
      cells.add(age(item.metadata().path("creationTimestamp").asText(), now));
      object(row, as, item);
    }
    return table;
  }

  private static void object(ObjectNode row, Presentation as, Resource item) {
    if (as.includeObject().equals("Object")) {
      row.set("object", as.object(item.document()));
    } else if (!as.includeObject().equals("None")) {
      ObjectNode partial = row.putObject("object");
      partial.put("kind", "PartialObjectMetadata");
      partial.put("apiVersion", "meta.k8s.io/v1");
      partial.set("metadata", item.metadata());
    }
  }

  private static void column(ArrayNode definitions, String name, String format) {
    ObjectNode definition = definitions.addObject();
    definition.put("name", name);
    definition.put("type", "string");
    definition.put("format", format);
    definition.put("description", "");
    definition.put("priority", 0);
  }

  private static String cell(JsonNode document, JsonNode column) {
    JsonNode value = find(document, column.path("path").asText());
    String none = column.path("none").asText("");
    if (value.isArray() && column.has("item")) {
      StringJoiner list = new StringJoiner(",");
      for (JsonNode item : value) {
        String suffix = item.at(column.path("suffix").asText("")).asText("");
        list.add(
            item.at(column.path("item").asText()).asText()
                + (suffix.isEmpty() ? "" : "/" + suffix));
      }
      return list.length() == 0 ? "<none>" : list.toString();
    }
    if (value.isContainerNode()) {
      return value.toString();
    }
    return value.asText("").isEmpty() ? none : value.asText();
  }

  private static JsonNode find(JsonNode document, String path) {
    JsonNode at = document;
    for (String step : path.substring(1).split("/")) {
      Matcher form = STEP.matcher(step);
      if (!form.matches()) {
        throw new IllegalStateException("x-mesh-columns: " + path);
      }
      at = at.isArray() ? at.path(Integer.parseInt(form.group(1))) : at.path(form.group(1));
      if (form.group(2) != null) {
        at = first(at, form.group(2), form.group(3));
      }
    }
    return at;
  }

  private static JsonNode first(JsonNode list, String field, String value) {
    for (JsonNode item : list) {
      if (item.path(field).asText().equals(value)) {
        return item;
      }
    }
    return list.path(-1);
  }

  /** As kubectl writes ages: two units where the first is small. */
  static String age(String created, long now) {
    long seconds;
    try {
      seconds = Math.max(0, now / 1000 - Instant.parse(created).getEpochSecond());
    } catch (DateTimeParseException e) {
      return "<unknown>";
    }
    long minutes = seconds / 60;
    long hours = minutes / 60;
    long days = hours / 24;
    if (seconds < 120) {
      return seconds + "s";
    }
    if (minutes < 10) {
      return minutes + "m" + (seconds % 60 == 0 ? "" : seconds % 60 + "s");
    }
    if (hours < 3) {
      return minutes + "m";
    }
    if (hours < 8) {
      return hours + "h" + (minutes % 60 == 0 ? "" : minutes % 60 + "m");
    }
    if (days < 2) {
      return hours + "h";
    }
    return days < 365 ? days + "d" : days / 365 + "y" + days % 365 + "d";
  }
}
