package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.linecorp.armeria.common.MediaType;
import dev.meshagent.controller.write.Rejection;

/**
 * What the body of a DELETE asks for, as kubectl sends it. Grace periods and propagation say
 * nothing here: whatever goes, goes at once and alone. Immutable.
 *
 * @param uid of the one that is meant; empty for any
 * @param resourceVersion at which it is meant; empty for any
 * @param dryRun whether all is to be done but the change itself
 */
record DeleteOptions(String uid, String resourceVersion, boolean dryRun) {

  /**
   * @param body may be empty
   */
  static DeleteOptions read(MediaType type, byte[] body) throws Rejection {
    JsonNode options =
        body.length == 0 ? JsonNodeFactory.instance.objectNode() : Bodies.object(type, body);
    JsonNode conditions = options.path("preconditions");
    boolean dryRun = false;
    for (JsonNode value : options.path("dryRun")) {
      dryRun |= Writes.dryRun(value.asText());
    }
    return new DeleteOptions(
        conditions.path("uid").asText(""), conditions.path("resourceVersion").asText(""), dryRun);
  }
}
