package dev.meshagent.controller.compile;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meshagent.controller.compile.document.Exports;
import dev.meshagent.controller.compile.document.Problems;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.engine.snapshot.ServiceId;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Finds resources that contradict each other; the message names the other one. Stateless. */
final class Conflicts {
  private Conflicts() {}

  static void ofVirtualService(
      Resource resource, ServiceId id, Attachments all, String path, Problems problems) {
    JsonNode value = resource.spec().path("hosts");
    for (Resource other : all.exactVirtualServices(id)) {
      if (!other.key().equals(resource.key()) && sameCallers(resource, other)) {
        problems.error(
            path,
            value,
            "means "
                + id
                + ", which "
                + other.key()
                + " already routes for the same callers; write the routes of both in one");
      }
    }
    for (Attachments.Parent parent : all.routes(id)) {
      problems.error(
          path,
          value,
          "means "
              + id
              + ", which "
              + parent.route().key()
              + " already routes in the other dialect; delete that one, or write its rules here;"
              + " both may be done in one apply");
    }
  }

  /** Of those that speak to callers alike, only one can go first. */
  private static boolean sameCallers(Resource a, Resource b) {
    boolean sameNamespace = a.key().namespace().equals(b.key().namespace());
    if (Exports.isPrivate(a) || Exports.isPrivate(b)) {
      return Exports.isPrivate(a) && Exports.isPrivate(b) && sameNamespace;
    }
    Set<String> common = new HashSet<>();
    exports(a, common);
    Set<String> others = new HashSet<>();
    exports(b, others);
    boolean everyoneA = common.isEmpty() || common.contains("*");
    boolean everyoneB = others.isEmpty() || others.contains("*");
    if (everyoneA || everyoneB) {
      return everyoneA && everyoneB;
    }
    common.retainAll(others);
    return !common.isEmpty();
  }

  private static void exports(Resource resource, Set<String> into) {
    for (JsonNode to : resource.spec().path("exportTo")) {
      into.add(to.asText().equals(".") ? resource.key().namespace() : to.asText());
    }
  }

  static void ofDestinationRule(Resource rule, ServiceId id, Attachments all, Problems problems) {
    for (Resource other : all.destinationRules(id)) {
      boolean besides =
          !other.key().equals(rule.key())
              && other.key().namespace().equals(rule.key().namespace())
              && !HostPattern.isWildcard(other.spec().path("host").asText())
              && other.spec().path("workloadSelector").equals(rule.spec().path("workloadSelector"));
      if (besides) {
        together(rule, other, id, problems);
      }
    }
  }

  /** Istio merges rules of one host; what both say would be silently lost in one of them. */
  private static void together(Resource rule, Resource other, ServiceId id, Problems problems) {
    if (sets(rule) && sets(other)) {
      problems.error(
          "spec.trafficPolicy",
          rule.spec().path("trafficPolicy"),
          "is for "
              + id
              + ", for which "
              + other.key()
              + " has one already; write both in one of them");
    }
    Set<String> names = new HashSet<>();
    other.spec().path("subsets").forEach(subset -> names.add(subset.path("name").asText()));
    JsonNode subsets = rule.spec().path("subsets");
    for (int i = 0; i < subsets.size(); i++) {
      JsonNode name = subsets.get(i).path("name");
      if (names.contains(name.asText())) {
        problems.error(
            "spec.subsets[" + i + "].name",
            name,
            "is a subset of "
                + id
                + " that "
                + other.key()
                + " defines already; define it in one of them");
      }
    }
  }

  /** Whether a rule says anything of the whole service, be it by annotation. */
  private static boolean sets(Resource rule) {
    boolean annotated = false;
    for (Map.Entry<String, JsonNode> each : rule.metadata().path("annotations").properties()) {
      annotated |= each.getKey().startsWith("mesh-agent.dev/");
    }
    return annotated || rule.spec().path("trafficPolicy").isObject();
  }

  static void ofRoute(Resource route, ServiceId parent, Attachments all, Problems problems) {
    JsonNode parents = route.spec().path("parentRefs");
    for (Resource other : all.virtualServices(parent)) {
      problems.error(
          "spec.parentRefs",
          parents,
          "names "
              + parent
              + ", which "
              + other.key()
              + " already routes in the other dialect; delete that one, or write its routes here;"
              + " both may be done in one apply");
    }
    for (Attachments.Parent other : all.routes(parent)) {
      if (other.route().key().kind() != route.key().kind()
          && other.namespace().equals(route.key().namespace())) {
        problems.error(
            "spec.parentRefs",
            parents,
            "names "
                + parent
                + ", to which "
                + other.route().key()
                + " is attached, and HTTP and gRPC routes of one service would shadow each other;"
                + " attach them to two services");
      }
    }
  }
}
