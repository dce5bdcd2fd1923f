package dev.meshagent.controller.compile;

import dev.meshagent.controller.store.Resource;
import java.util.Comparator;

/** The order in which upstream lets resources go before each other: the older, then by name. */
final class Creation {
  static final Comparator<Resource> OLDEST_FIRST =
      Comparator.comparing((Resource r) -> r.metadata().path("creationTimestamp").asText())
          .thenComparing(Resource::key);

  private Creation() {}
}
