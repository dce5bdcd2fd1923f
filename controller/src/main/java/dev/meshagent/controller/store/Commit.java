package dev.meshagent.controller.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A batch that happened. Immutable.
 *
 * @param version the resource version of each resource that it changed; larger than all before
 * @param at when, by the controller's clock
 */
public record Commit(
    long version, Instant at, String author, String action, List<Changed> changes) {
  public Commit {
    changes = List.copyOf(changes);
  }

  /**
   * One resource's change.
   *
   * @param before empty if it was created
   * @param after empty if it was deleted
   */
  public record Changed(ResourceKey key, Optional<Resource> before, Optional<Resource> after) {}
}
