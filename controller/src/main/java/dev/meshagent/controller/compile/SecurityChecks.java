package dev.meshagent.controller.compile;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meshagent.controller.compile.document.Annotations;
import dev.meshagent.controller.compile.document.Node;
import dev.meshagent.controller.compile.document.Problems;
import dev.meshagent.controller.store.Resource;

/**
 * Checks the security kinds. Agents neither encrypt nor authorize calls yet, so what is taken is
 * what holds without that: whatever would keep a call out, or in the clear from being one, is
 * refused rather than believed to hold. Stateless.
 */
final class SecurityChecks {
  private static final String DRY_RUN = "istio.io/dry-run";

  private SecurityChecks() {}

  static void peerAuthentication(Resource resource, Problems problems) {
    Annotations.onlyThese(Node.annotations(resource, problems));
    Node spec = Node.spec(resource, problems);
    spec.object("mtls").ifPresent(SecurityChecks::plaintext);
    spec.objectMap("portLevelMtls")
        .forEach(
            (port, mtls) -> {
              if (!port.matches("[1-9][0-9]{0,4}") || Integer.parseInt(port) > 65535) {
                mtls.error("is under '" + port + "', which is no port; write its number");
              }
              plaintext(mtls);
            });
    if (spec.has("portLevelMtls") && spec.object("selector").filter(s -> !s.isEmpty()).isEmpty()) {
      spec.error("portLevelMtls", "is of certain workloads; write a selector that chooses them");
    }
  }

  private static void plaintext(Node mtls) {
    if (mtls.text("mode", "UNSET").equals("STRICT")) {
      mtls.error("mode", "is STRICT, but nothing is encrypted by this version; write PERMISSIVE");
    }
  }

  static void authorizationPolicy(Resource resource, Problems problems) {
    Node annotations = Node.annotations(resource, problems);
    Annotations.onlyThese(annotations);
    annotations.refuse(DRY_RUN, "this version does not tell which calls a policy would keep out");
    JsonNode rules = resource.spec().path("rules");
    boolean denies = resource.spec().path("action").asText("ALLOW").equals("DENY");
    if (denies && !rules.isEmpty()) {
      problems.error(
          "spec.rules",
          rules,
          "would keep callers out, but this version authorizes no calls, and would let them in;"
              + " check in the application, and leave the policy out until it does");
    } else if (!denies && !allowsAll(rules)) {
      problems.error(
          "spec.rules",
          rules,
          "would let in certain callers alone, but this version authorizes no calls, and would let"
              + " in all; check in the application, or write rules: [{}] if all are meant");
    }
  }

  /** An empty rule fits every call. */
  private static boolean allowsAll(JsonNode rules) {
    for (JsonNode rule : rules) {
      if (rule.isEmpty()) {
        return true;
      }
    }
    return false;
  }

  static void requestAuthentication(Resource resource, Problems problems) {
    Annotations.onlyThese(Node.annotations(resource, problems));
    JsonNode rules = resource.spec().path("jwtRules");
    if (!rules.isEmpty()) {
      problems.error(
          "spec.jwtRules",
          rules,
          "would turn requests with a wrong token down, but this version checks no tokens, and would"
              + " pass them on; check them in the application, and take the rules out until it does");
    }
  }
}
