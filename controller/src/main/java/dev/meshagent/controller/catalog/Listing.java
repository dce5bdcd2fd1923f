package dev.meshagent.controller.catalog;

import dev.meshagent.controller.store.Resource;
import java.util.List;

/**
 * All resources of a kind at one version, by namespace and name. Immutable.
 *
 * @param version to watch from in order to miss nothing
 */
public record Listing(long version, List<Resource> items) {}
