package dev.meshagent.controller.compile.istio;

import dev.meshagent.controller.compile.document.Annotations;
import dev.meshagent.controller.compile.document.Durations;
import dev.meshagent.controller.compile.document.Node;
import dev.meshagent.controller.compile.document.Problems;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.engine.snapshot.policy.HashKey;
import dev.meshagent.engine.snapshot.policy.Hedge;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What no kind can express, as annotations of a VirtualService; they hold for each of its routes
 * that forwards:
 *
 * <ul>
 *   <li>{@code mesh-agent.dev/hedge-after}: a duration, or {@code p95} for the observed 95th
 *       percentile, after which a further attempt runs beside the first;
 *   <li>{@code mesh-agent.dev/hedge-attempts}: how many of those, 1 to 3; 1 if absent;
 *   <li>{@code mesh-agent.dev/sticky}: what keeps a caller at one of several destinations: {@code
 *       header:NAME}, {@code cookie:NAME}, {@code query:NAME} or {@code source-ip}.
 * </ul>
 *
 * @param hedge null for none
 * @param sticky null for none
 */
record RouteAnnotations(Hedge hedge, HashKey sticky) {
  private static final String HEDGE_AFTER = Annotations.PREFIX + "hedge-after";
  private static final String HEDGE_ATTEMPTS = Annotations.PREFIX + "hedge-attempts";
  private static final String STICKY = Annotations.PREFIX + "sticky";

  private static final Map<String, HashKey.Source> SOURCES =
      Map.of(
          "header", HashKey.Source.HEADER,
          "cookie", HashKey.Source.COOKIE,
          "query", HashKey.Source.QUERY);

  static RouteAnnotations of(Resource resource, Problems problems) {
    Node node = Node.annotations(resource, problems);
    Annotations.onlyThese(node, HEDGE_AFTER, HEDGE_ATTEMPTS, STICKY);
    return new RouteAnnotations(hedge(node), sticky(node));
  }

  private static Hedge hedge(Node node) {
    Optional<String> after = node.text(HEDGE_AFTER);
    int attempts = Annotations.whole(node, HEDGE_ATTEMPTS, 1, 3).orElse(1);
    if (after.isEmpty()) {
      if (node.has(HEDGE_ATTEMPTS)) {
        node.error(HEDGE_ATTEMPTS, "stands without " + HEDGE_AFTER + "; write that as well");
      }
      return null;
    }
    if (after.get().equals("p95")) {
      return new Hedge(0, attempts);
    }
    OptionalLong nanos = Durations.nanos(after.get());
    if (nanos.isEmpty() || nanos.getAsLong() == 0) {
      node.error(HEDGE_AFTER, "write p95, or a duration such as 50ms");
      return null;
    }
    return new Hedge(nanos.getAsLong(), attempts);
  }

  private static HashKey sticky(Node node) {
    Optional<String> written = node.text(STICKY);
    if (written.isEmpty()) {
      return null;
    }
    if (written.get().equals("source-ip")) {
      return new HashKey(HashKey.Source.SOURCE_IP, "");
    }
    String[] parts = written.get().split(":", 2);
    HashKey.Source source = SOURCES.get(parts[0]);
    if (source == null || parts.length < 2 || parts[1].isEmpty()) {
      node.error(STICKY, "write header:NAME, cookie:NAME, query:NAME or source-ip");
      return null;
    }
    return new HashKey(source, parts[1]);
  }
}
