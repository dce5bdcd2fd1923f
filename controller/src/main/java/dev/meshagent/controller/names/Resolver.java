package dev.meshagent.controller.names;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** Turns a host name into addresses. Any thread may call; never blocks. */
@FunctionalInterface
public interface Resolver {
  /**
   * Asks once, without a cache.
   *
   * @return IP literals, none if the name has none or there is no such name; completes
   *     exceptionally if nobody could say
   */
  CompletionStage<List<String>> resolve(String host);
}
