package dev.meshagent.controller.compile.document;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.engine.snapshot.Hosts;

/** Istio's {@code exportTo}: to the callers of which namespaces a resource speaks. Stateless. */
public final class Exports {
  private static final String OWN = ".";
  private static final String ALL = "*";

  private Exports() {}

  /** Checks the field of a resource's spec. */
  public static void check(Node spec) {
    for (String to : spec.texts("exportTo")) {
      if (!to.equals(OWN) && !to.equals(ALL) && !Hosts.isLabel(to)) {
        spec.error("exportTo", "'" + to + "' is no namespace; write names, \".\" or \"*\"");
      }
    }
  }

  /** True if the resource speaks to callers in the namespace; to all where it says nothing. */
  public static boolean visible(Resource resource, String callerNamespace) {
    JsonNode exportTo = resource.spec().path("exportTo");
    if (exportTo.isEmpty()) {
      return true;
    }
    for (JsonNode to : exportTo) {
      String name = to.asText();
      if (name.equals(ALL)
          || name.equals(callerNamespace)
          || name.equals(OWN) && resource.key().namespace().equals(callerNamespace)) {
        return true;
      }
    }
    return false;
  }

  /** True if the resource speaks to its own namespace alone. */
  public static boolean isPrivate(Resource resource) {
    JsonNode exportTo = resource.spec().path("exportTo");
    if (exportTo.isEmpty()) {
      return false;
    }
    for (JsonNode to : exportTo) {
      String name = to.asText();
      if (!name.equals(OWN) && !name.equals(resource.key().namespace())) {
        return false;
      }
    }
    return true;
  }

  /** True if the resource names the caller's namespace, rather than everyone's. */
  public static boolean named(Resource resource, String callerNamespace) {
    for (JsonNode to : resource.spec().path("exportTo")) {
      if (to.asText().equals(callerNamespace)) {
        return true;
      }
    }
    return false;
  }
}
