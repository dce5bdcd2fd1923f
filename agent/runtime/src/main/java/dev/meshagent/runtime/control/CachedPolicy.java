package dev.meshagent.runtime.control;

import dev.meshagent.engine.snapshot.NamedService;
import dev.meshagent.engine.snapshot.ServiceSnapshot;
import java.util.Collections;
import java.util.List;

/** What one run of a service leaves for the next one's first calls. Immutable. */
final class CachedPolicy {
  final String epoch;
  final List<NamedService> names;
  final List<ServiceSnapshot> services;

  CachedPolicy(String epoch, List<NamedService> names, List<ServiceSnapshot> services) {
    this.epoch = epoch;
    this.names = Collections.unmodifiableList(names);
    this.services = Collections.unmodifiableList(services);
  }
}
