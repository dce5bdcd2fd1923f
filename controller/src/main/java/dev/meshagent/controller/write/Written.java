package dev.meshagent.controller.write;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.store.PolicySet;
import dev.meshagent.controller.store.ResourceKey;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What became of wishes. Immutable; documents are not to be changed.
 *
 * @param version the store's after it; with a dry run, the one before
 * @param before all policy before
 * @param after all policy after
 * @param warnings what to tell who asked
 */
public record Written(
    long version, PolicySet before, PolicySet after, List<One> each, List<String> warnings) {
  public Written {
    each = List.copyOf(each);
    warnings = List.copyOf(warnings);
  }

  /**
   * What became of one wish, in the order of the wishes.
   *
   * @param document as it is now; of what was deleted, as it was
   */
  public record One(ResourceKey key, Outcome outcome, ObjectNode document) {}

  /** What happened to a resource. */
  public enum Outcome {
    CREATED,
    CHANGED,
    UNCHANGED,
    DELETED;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The keys of what changed. */
  public List<ResourceKey> changed() {
    return each.stream().filter(one -> one.outcome() != Outcome.UNCHANGED).map(One::key).toList();
  }

  /** The only one. */
  public Optional<One> only() {
    return each.size() == 1 ? Optional.of(each.get(0)) : Optional.empty();
  }
}
