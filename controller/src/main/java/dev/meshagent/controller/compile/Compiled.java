package dev.meshagent.controller.compile;

import dev.meshagent.controller.store.ResourceKey;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.ServiceSnapshot;
import java.util.List;
import java.util.Set;

/**
 * What callers of one kind are told of a service, its endpoints aside. Immutable.
 *
 * @param settings without endpoints, with its hash
 * @param leadsTo subsets of other services that its routes lead to
 * @param from the resources that it was compiled from
 */
public record Compiled(ServiceSnapshot settings, Set<SubsetOf> leadsTo, List<ResourceKey> from) {

  /** True if the service itself has a subset of that name. */
  public boolean defines(String subset) {
    return settings.policy.subsets.stream().anyMatch(each -> each.name.equals(subset));
  }

  /** A subset of a service, by their names. */
  public record SubsetOf(ServiceId service, String subset) {}
}
