package dev.meshagent.engine;

import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.engine.routing.Queries;
import dev.meshagent.engine.routing.Source;
import dev.meshagent.engine.snapshot.policy.HashKey;

/** Reads out of a request what it sticks by. */
final class HashKeys {
  private HashKeys() {}

  /** The value, or null if the request has none. */
  static String value(HashKey key, RequestHead head, Source source) {
    switch (key.source) {
      case HEADER:
        return head.header(key.name);
      case COOKIE:
        return Queries.cookie(head.header("cookie"), key.name);
      case QUERY:
        return Queries.value(head.pathAndQuery(), key.name);
      default:
        // All calls of this process come from one address; its identity does as well.
        return source.namespace + source.labels;
    }
  }
}
