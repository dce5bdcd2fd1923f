package dev.meshagent.controller.rest;

import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.store.ResourceKey;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a path names among the kinds that are served. Immutable.
 *
 * @param version in which objects are taken and given
 * @param namespace empty for all, and for kinds that have none
 * @param name empty for a list
 * @param status whether it is the status alone
 */
record Target(
    Kind kind, String version, Optional<String> namespace, Optional<String> name, boolean status) {

  /** Empty if there is nothing of the kind. */
  static Optional<Target> of(ResourcePath path) {
    boolean status = path.subresource().filter("status"::equals).isPresent();
    if (path.subresource().isPresent() != status) {
      return Optional.empty();
    }
    return Arrays.stream(Kind.values())
        .filter(kind -> kind.plural.equals(path.resource()) && kind.group.equals(path.group()))
        .filter(kind -> path.core() == kind.group.isEmpty())
        .filter(kind -> ServedVersions.serves(kind, path.version()))
        .filter(
            kind ->
                path.namespace().isPresent()
                    ? kind.namespaced
                    : !(kind.namespaced && path.name().isPresent()))
        .findFirst()
        .map(kind -> new Target(kind, path.version(), path.namespace(), path.name(), status));
  }

  String apiVersion() {
    return kind.group.isEmpty() ? version : kind.group + "/" + version;
  }

  /** The resource that is named; of a list, none. */
  ResourceKey key() {
    return new ResourceKey(kind, namespace.orElse(""), name.orElseThrow());
  }

  boolean covers(ResourceKey key) {
    return key.kind() == kind
        && (namespace.isEmpty() || namespace.get().equals(key.namespace()))
        && (name.isEmpty() || name.get().equals(key.name()));
  }
}
