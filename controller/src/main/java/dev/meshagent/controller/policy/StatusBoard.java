package dev.meshagent.controller.policy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.store.ResourceKey;
import java.util.Map;

/**
 * Where what the controller has to say of a resource is shown to whoever reads it: in its {@code
 * status}. Any thread may call.
 */
public interface StatusBoard {
  /**
   * Shows these statuses from now on; what is the same as before changes nothing.
   *
   * @param statuses each the whole {@code status} of its resource; empty for none
   */
  void publish(Map<ResourceKey, ObjectNode> statuses);
}
