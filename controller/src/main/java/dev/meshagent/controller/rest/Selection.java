package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.linecorp.armeria.common.QueryParams;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.controller.write.Rejection;
import java.util.HashMap;
import java.util.Map;

/** Which resources of a list are meant: by path, labels and fields. Immutable. */
record Selection(Target target, LabelSelector labels, FieldSelector fields) {

  /**
   * @throws Rejection if a selector is none
   */
  static Selection of(Target target, QueryParams query) throws Rejection {
    try {
      return new Selection(
          target,
          LabelSelector.parse(query.get("labelSelector", "")),
          FieldSelector.parse(query.get("fieldSelector", "")));
    } catch (IllegalArgumentException e) {
      throw Rejection.badRequest(e.getMessage());
    }
  }

  boolean covers(Resource resource) {
    return target.covers(resource.key())
        && labels.matches(labels(resource.document()))
        && fields.matches(resource.document());
  }

  private static Map<String, String> labels(JsonNode object) {
    Map<String, String> labels = new HashMap<>();
    object
        .path("metadata")
        .path("labels")
        .properties()
        .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
    return labels;
  }
}
