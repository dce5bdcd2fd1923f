package dev.meshagent.controller.compile;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.store.PolicySet;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.controller.store.ResourceKey;
import dev.meshagent.engine.snapshot.ServiceId;

/** ReferenceGrants: a namespace lets routes of another lead to its services. Stateless. */
final class Grants {
  private Grants() {}

  static boolean allow(PolicySet set, ResourceKey route, ServiceId service) {
    for (Resource grant : set.in(Kind.REFERENCE_GRANT, service.namespace)) {
      if (from(grant.spec().path("from"), route) && to(grant.spec().path("to"), service)) {
        return true;
      }
    }
    return false;
  }

  private static boolean from(JsonNode list, ResourceKey route) {
    for (JsonNode from : list) {
      if (from.path("group").asText().equals(route.kind().group)
          && from.path("kind").asText().equals(route.kind().kind)
          && from.path("namespace").asText().equals(route.namespace())) {
        return true;
      }
    }
    return false;
  }

  private static boolean to(JsonNode list, ServiceId service) {
    for (JsonNode to : list) {
      String name = to.path("name").asText("");
      if (to.path("group").asText("").isEmpty()
          && to.path("kind").asText().equals("Service")
          && (name.isEmpty() || name.equals(service.name))) {
        return true;
      }
    }
    return false;
  }
}
