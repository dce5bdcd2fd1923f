package dev.meshagent.controller.rest;

import dev.meshagent.controller.schema.EditDistance;
import dev.meshagent.controller.store.Kind;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The versions in which each kind is taken and given. All versions of a kind have the same fields:
 * Istio's older ones and Gateway API's are converted by their name alone.
 */
public final class ServedVersions {
  /** By group, the newest first; the first is the one to prefer. */
  private static final Map<String, List<String>> OF_GROUP = new LinkedHashMap<>();

  static {
    OF_GROUP.put("", List.of("v1"));
    OF_GROUP.put("gateway.networking.k8s.io", List.of("v1", "v1beta1"));
    OF_GROUP.put("networking.istio.io", List.of("v1", "v1beta1", "v1alpha3"));
    OF_GROUP.put("security.istio.io", List.of("v1", "v1beta1"));
  }

  private ServedVersions() {}

  static Map<String, List<String>> ofGroups() {
    return OF_GROUP;
  }

  /** Whether a kind is served in a version of its group. */
  static boolean serves(Kind kind, String version) {
    return switch (kind) {
      // GRPCRoute was v1 from its first beta on, and ReferenceGrant is none yet.
      case GRPC_ROUTE -> version.equals("v1");
      case REFERENCE_GRANT -> version.equals("v1beta1");
      default -> OF_GROUP.get(kind.group).contains(version);
    };
  }

  /** The kinds of a version of a group. */
  static List<Kind> kinds(String group, String version) {
    return Arrays.stream(Kind.values())
        .filter(kind -> kind.group.equals(group) && serves(kind, version))
        .toList();
  }

  /** What to write in place of a kind that is not served, in words that end a sentence. */
  static String instead(String apiVersion, String kind) {
    Optional<Kind> meant =
        Arrays.stream(Kind.values())
            .filter(known -> EditDistance.within(kind, known.kind, 2))
            .findFirst();
    if (meant.isEmpty()) {
      return "GET /apis and /api tell what there is";
    }
    return "did you mean "
        + meant.get().kind
        + (kindOf(apiVersion, meant.get().kind).isPresent()
            ? "?"
            : " in " + meant.get().apiVersion() + "?");
  }

  /** The kind that a document names; empty if none such is served. */
  public static Optional<Kind> kindOf(String apiVersion, String kind) {
    int slash = apiVersion.indexOf('/');
    String group = slash < 0 ? "" : apiVersion.substring(0, slash);
    String version = apiVersion.substring(slash + 1);
    return Kind.of(group, kind).filter(found -> serves(found, version));
  }
}
