package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.common.RequestHeaders;
import dev.meshagent.controller.store.Resource;
import java.util.List;
import java.util.Locale;

/**
 * How a client wants to see objects: whole, their metadata alone, or as a table. Immutable.
 *
 * @param target whose version objects are given in
 * @param includeObject what of an object each row of a table carries: Metadata, Object or None
 */
record Presentation(Target target, Form form, String includeObject) {
  enum Form {
    WHOLE,
    METADATA,
    TABLE
  }

  static Presentation of(Target target, RequestHeaders headers, QueryParams query) {
    String accept = headers.get(HttpHeaderNames.ACCEPT, "").toLowerCase(Locale.ROOT);
    // The first that the client names is the one it would rather have.
    String first = accept.split(",", 2)[0];
    Form form = Form.WHOLE;
    if (first.contains("as=table")) {
      form = Form.TABLE;
    } else if (first.contains("as=partialobjectmetadata")) {
      form = Form.METADATA;
    }
    return new Presentation(target, form, query.get("includeObject", "Metadata"));
  }

  JsonNode one(Resource resource, long now) {
    return form == Form.TABLE
        ? Tables.table(this, List.of(resource), resource.version(), now)
        : object(resource.document());
  }

  /** In the version that was asked for. */
  ObjectNode object(ObjectNode document) {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    if (form == Form.METADATA) {
      out.put("apiVersion", "meta.k8s.io/v1");
      out.put("kind", "PartialObjectMetadata");
      out.set("metadata", document.path("metadata"));
      return out;
    }
    out.put("apiVersion", target.apiVersion());
    document
        .properties()
        .forEach(
            field -> {
              if (!field.getKey().equals("apiVersion")) {
                out.set(field.getKey(), field.getValue());
              }
            });
    return out;
  }

  /**
   * @param remaining how many more there are; 0 for none
   * @param next to go on with; empty if this was all
   * @param now milliseconds since 1970, for ages
   */
  ObjectNode list(List<Resource> items, long version, long remaining, String next, long now) {
    ObjectNode list;
    if (form == Form.TABLE) {
      list = Tables.table(this, items, version, now);
    } else {
      list = JsonNodeFactory.instance.objectNode();
      list.put(
          "kind", form == Form.METADATA ? "PartialObjectMetadataList" : target.kind() + "List");
      list.put("apiVersion", form == Form.METADATA ? "meta.k8s.io/v1" : target.apiVersion());
      list.putObject("metadata").put("resourceVersion", Long.toString(version));
      ArrayNode array = list.putArray("items");
      items.forEach(item -> array.add(object(item.document())));
    }
    if (!next.isEmpty()) {
      ObjectNode meta = list.withObject("/metadata");
      meta.put("continue", next);
      meta.put("remainingItemCount", remaining);
    }
    return list;
  }
}
