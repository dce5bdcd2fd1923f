package dev.meshagent.controller.policy;

import dev.meshagent.controller.store.PolicySet;
import dev.meshagent.controller.store.ResourceKey;
import java.util.Collection;

/**
 * Judges what a change would mean, beyond the form of each document, which the schema has already
 * judged. Pure: may be called from any thread and for changes that never happen.
 */
public interface PolicyCheck {
  /**
   * @param before what holds now
   * @param after what would hold
   * @param changed the resources that differ, those that would be deleted included
   */
  Findings check(PolicySet before, PolicySet after, Collection<ResourceKey> changed);
}
