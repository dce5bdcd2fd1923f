package dev.meshagent.controller.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Changes that happen all at once or not at all.
 *
 * @param author who asked for it, as history tells it
 * @param action what was asked for, in a few words, as history tells it
 */
public record Batch(String author, String action, List<Change> changes) {
  /** The expected version of what is not to exist yet. */
  public static final long ABSENT = 0;

  /**
   * @throws IllegalArgumentException if two changes are of the same resource
   */
  public Batch {
    changes = List.copyOf(changes);
    Set<ResourceKey> seen = new HashSet<>();
    for (Change change : changes) {
      if (!seen.add(change.key())) {
        throw new IllegalArgumentException(change.key() + " is changed twice in one batch");
      }
    }
  }

  /**
   * One resource's change.
   *
   * @param document what it is to be; empty to delete it. Its {@code metadata.resourceVersion} is
   *     set by the store
   * @param expected the version it has now; {@link #ABSENT} if it is not there
   */
  public record Change(ResourceKey key, Optional<ObjectNode> document, long expected) {
    public static Change put(ResourceKey key, ObjectNode document, long expected) {
      return new Change(key, Optional.of(document), expected);
    }

    public static Change delete(ResourceKey key, long expected) {
      return new Change(key, Optional.empty(), expected);
    }
  }
}
