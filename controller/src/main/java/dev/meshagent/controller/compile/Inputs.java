package dev.meshagent.controller.compile;

import dev.meshagent.controller.store.Resource;
import dev.meshagent.controller.store.ResourceKey;
import dev.meshagent.engine.snapshot.ServiceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All that decides what a caller is told of a service, its endpoints aside.
 *
 * @param routes of Gateway API
 */
record Inputs(
    ServiceId id,
    Optional<Resource> virtualService,
    List<Attachments.Parent> routes,
    List<Resource> destinationRules,
    Optional<Resource> declaration) {

  /** Equal signatures compile to the same, as long as names mean the same. */
  Signature signature(long namesStamp) {
    List<Version> versions = new ArrayList<>();
    virtualService.ifPresent(r -> versions.add(Version.of(r)));
    routes.forEach(parent -> versions.add(Version.of(parent.route())));
    // Only routes lead to hosts, whose meaning hangs on the names.
    long stamp = versions.isEmpty() ? 0 : namesStamp;
    destinationRules.forEach(r -> versions.add(Version.of(r)));
    declaration.ifPresent(r -> versions.add(Version.of(r)));
    return new Signature(versions, stamp);
  }

  List<ResourceKey> keys() {
    return signature(0).versions().stream().map(Version::key).toList();
  }

  /** What identifies the inputs of a service. */
  record Signature(List<Version> versions, long namesStamp) {}

  /** A resource at one version. */
  record Version(ResourceKey key, long version) {
    static Version of(Resource resource) {
      return new Version(resource.key(), resource.version());
    }
  }
}
