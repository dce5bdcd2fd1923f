package dev.meshagent.testbed.demo;

import dev.meshagent.testbed.Edge;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Lays edges out as lines of text, the outermost caller first. Immutable. */
final class EdgeTable {
  private static final String ROW = "%-23s %-19s %7s %8s %9s %9s  %s";

  /** What an endpoint is called, by its address; others go by the address. */
  private final Map<String, String> names;

  EdgeTable(Map<String, String> names) {
    this.names = Map.copyOf(names);
  }

  /**
   * @param when what stands above the names of the services
   */
  static String header(String when) {
    return String.format(
        Locale.ROOT, ROW, when, "over", "calls/s", "success", "p50", "p99", "share of attempts");
  }

  List<String> rows(List<Edge> edges) {
    Map<String, Integer> depths = new HashMap<>();
    edges.forEach(edge -> depths.put(edge.from(), depth(edge.from(), edges, edges.size())));
    List<String> rows = new ArrayList<>();
    edges.stream()
        .sorted(
            Comparator.comparing((Edge edge) -> depths.get(edge.from())).thenComparing(Edge::to))
        .forEach(edge -> rows.add(row(edge)));
    return rows;
  }

  /** How many callers there are above one; a circle of calls ends the count. */
  private static int depth(String service, List<Edge> edges, int atMost) {
    int depth = 0;
    for (Edge edge : edges) {
      if (atMost > 0 && edge.to().equals(service)) {
        depth = Math.max(depth, 1 + depth(edge.from(), edges, atMost - 1));
      }
    }
    return depth;
  }

  private String row(Edge edge) {
    return String.format(
        Locale.ROOT,
        ROW,
        edge.from() + " -> " + edge.to(),
        edge.library(),
        String.format(Locale.ROOT, "%.0f", edge.perSecond()),
        String.format(Locale.ROOT, "%.2f%%", edge.successPercent()),
        millis(edge.p50Micros()),
        millis(edge.p99Micros()),
        edge.endpoints().stream()
            .filter(endpoint -> endpoint.attempts() > 0)
            .sorted(Comparator.comparing(this::name))
            .map(this::share)
            .collect(Collectors.joining("  ")));
  }

  static String millis(long micros) {
    return String.format(Locale.ROOT, "%.1f ms", micros / 1000.0);
  }

  private String share(Edge.Share endpoint) {
    return String.format(
        Locale.ROOT,
        "%s %.0f%%%s",
        name(endpoint),
        100 * endpoint.share(),
        endpoint.ejected() ? " (ejected)" : "");
  }

  private String name(Edge.Share endpoint) {
    return names.getOrDefault(endpoint.address(), endpoint.address());
  }
}
