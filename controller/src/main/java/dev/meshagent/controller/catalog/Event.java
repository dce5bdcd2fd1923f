package dev.meshagent.controller.catalog;

import dev.meshagent.controller.store.Resource;
import dev.meshagent.controller.store.ResourceKey;
import java.util.Optional;

/**
 * One change of one resource as readers see it. Immutable.
 *
 * @param version larger than that of all events before, except those of the same commit
 * @param before empty if it appeared
 * @param after empty if it is gone
 */
public record Event(
    long version, ResourceKey key, Optional<Resource> before, Optional<Resource> after) {}
