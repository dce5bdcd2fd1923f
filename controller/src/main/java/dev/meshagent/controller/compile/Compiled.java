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
 * @param leadsTo other services that its routes lead to
 * @param from the resources that it was compiled from
 */
public record Compiled(ServiceSnapshot settings, Set<ServiceId> leadsTo, List<ResourceKey> from) {}
