package dev.meshagent.controller.compile.istio;

import dev.meshagent.controller.compile.document.Node;
import dev.meshagent.controller.compile.document.Texts;
import dev.meshagent.engine.snapshot.policy.BalancePolicy;
import dev.meshagent.engine.snapshot.policy.BalancePolicy.Algorithm;
import dev.meshagent.engine.snapshot.policy.HashKey;
import dev.meshagent.engine.snapshot.policy.LocalityPolicy;
import dev.meshagent.engine.snapshot.policy.SlowStart;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code LoadBalancerSettings}. Stateless. */
final class BalanceReader {
  private static final int LARGEST_TABLE = 5_000_011;
  private static final double ENVOYS_LEAST_PERCENT = 10;

  private BalanceReader() {}

  /**
   * @param aperture the fewest endpoints that a caller keeps to
   */
  static BalancePolicy read(Node node, int aperture) {
    node.atMostOne("simple", "consistentHash");
    Optional<Node> hash = node.object("consistentHash");
    Algorithm algorithm = simple(node);
    int ring = BalancePolicy.DEFAULT_RING_MINIMUM;
    int table = BalancePolicy.DEFAULT_TABLE_SIZE;
    HashKey key = null;
    if (hash.isPresent()) {
      Node consistent = hash.get();
      key = hashKey(consistent);
      consistent.atMostOne("ringHash", "maglev", "minimumRingSize");
      algorithm = consistent.has("maglev") ? Algorithm.MAGLEV : Algorithm.RING_HASH;
      ring =
          consistent
              .object("ringHash")
              .map(r -> inner(r, "minimumRingSize", BalancePolicy.RING_MAXIMUM, 1024))
              .orElse(
                  consistent.integer(
                      "minimumRingSize",
                      1,
                      BalancePolicy.RING_MAXIMUM,
                      BalancePolicy.DEFAULT_RING_MINIMUM));
      table = consistent.object("maglev").map(BalanceReader::table).orElse(table);
      consistent.end();
    }
    SlowStart slow = slowStart(node, algorithm);
    LocalityPolicy locality =
        node.object("localityLbSetting")
            .map(BalanceReader::locality)
            .orElse(LocalityPolicy.DEFAULT);
    node.end();
    return new BalancePolicy(algorithm, key, ring, table, slow, locality, aperture);
  }

  private static Algorithm simple(Node node) {
    switch (node.text("simple", "UNSPECIFIED")) {
      case "UNSPECIFIED":
        return Algorithm.LATENCY_AWARE;
      case "LEAST_REQUEST":
      case "LEAST_CONN": // The older name of the same.
        return Algorithm.LEAST_REQUEST;
      case "ROUND_ROBIN":
        return Algorithm.ROUND_ROBIN;
      case "RANDOM":
        return Algorithm.RANDOM;
      default:
        node.error("simple", "write LEAST_REQUEST, ROUND_ROBIN or RANDOM, or leave it out");
        return Algorithm.LATENCY_AWARE;
    }
  }

  private static int inner(Node node, String field, int most, int absent) {
    int value = node.integer(field, 1, most, absent);
    node.end();
    return value;
  }

  private static int table(Node maglev) {
    int size = inner(maglev, "tableSize", LARGEST_TABLE, BalancePolicy.DEFAULT_TABLE_SIZE);
    for (int factor = 2; (long) factor * factor <= size; factor++) {
      if (size % factor == 0) {
        maglev.error("tableSize", "is no prime, as Maglev needs one; 65537 is the usual");
        return BalancePolicy.DEFAULT_TABLE_SIZE;
      }
    }
    return size;
  }

  private static HashKey hashKey(Node node) {
    if (!node.exactlyOne("httpHeaderName", "httpCookie", "useSourceIp", "httpQueryParameterName")) {
      return null;
    }
    if (node.has("httpHeaderName")) {
      String name = node.required("httpHeaderName");
      if (!name.isEmpty() && !Texts.isToken(name)) {
        node.error("httpHeaderName", "is no name of a header");
      }
      return new HashKey(HashKey.Source.HEADER, name);
    }
    if (node.has("httpQueryParameterName")) {
      return new HashKey(HashKey.Source.QUERY, node.required("httpQueryParameterName"));
    }
    if (node.has("useSourceIp")) {
      if (!node.flag("useSourceIp", true)) {
        node.error("useSourceIp", "write true, or hash something else");
      }
      return new HashKey(HashKey.Source.SOURCE_IP, "");
    }
    return node.object("httpCookie").map(BalanceReader::cookie).orElse(null);
  }

  private static HashKey cookie(Node node) {
    String why = "no cookie is made here, only read; let the application set it";
    node.refuseAll(List.of("path", "ttl", "attributes"), why);
    String name = node.required("name");
    node.end();
    return new HashKey(HashKey.Source.COOKIE, name);
  }

  private static SlowStart slowStart(Node node, Algorithm algorithm) {
    node.atMostOne("warmup", "warmupDurationSecs");
    if (algorithm != Algorithm.LATENCY_AWARE
        && algorithm != Algorithm.LEAST_REQUEST
        && algorithm != Algorithm.ROUND_ROBIN) {
      for (String field : node.present("warmup", "warmupDurationSecs")) {
        node.error(field, "needs LEAST_REQUEST, ROUND_ROBIN or the default balancer; take it out");
      }
    }
    if (node.has("warmupDurationSecs")) {
      long nanos = node.nanos("warmupDurationSecs").orElse(0);
      return nanos == 0 ? null : new SlowStart(nanos, 1, ENVOYS_LEAST_PERCENT);
    }
    return node.object("warmup")
        .map(
            warmup -> {
              if (!warmup.has("duration")) {
                warmup.error("duration", "is missing; write how long a newcomer is spared");
              }
              long nanos = warmup.nanosFrom("duration", 1, "1ns").orElse(0);
              SlowStart slow =
                  new SlowStart(
                      nanos,
                      warmup.number("aggression", 1, 1000).orElse(1),
                      warmup.number("minimumPercent", 0, 100).orElse(ENVOYS_LEAST_PERCENT));
              warmup.end();
              return nanos == 0 ? null : slow;
            })
        .orElse(null);
  }

  private static LocalityPolicy locality(Node node) {
    node.refuse("failoverPriority", "use distribute or failover");
    node.atMostOne("distribute", "failover");
    List<LocalityPolicy.Distribute> distribute = new ArrayList<>();
    for (Node each : node.objects("distribute")) {
      String from = each.required("from");
      Map<String, Integer> to = each.integerMap("to", 0, 100);
      int sum = to.values().stream().mapToInt(Integer::intValue).sum();
      if (sum != 100) {
        each.error("to", "has weights that make " + sum + "; they are percents, so make 100");
      }
      place(each, "from", from);
      to.keySet().forEach(place -> place(each, "to", place));
      each.end();
      distribute.add(new LocalityPolicy.Distribute(from, to));
    }
    Map<String, String> failover = new LinkedHashMap<>();
    for (Node each : node.objects("failover")) {
      String from = each.required("from");
      String to = each.required("to");
      if (from.contains("/") || to.contains("/") || from.equals(to)) {
        each.error("name two different regions, without their zones");
      } else if (failover.put(from, to) != null) {
        each.error("from", "has a failover already; write one for each region");
      }
      each.end();
    }
    boolean enabled = node.flag("enabled", true);
    node.end();
    return new LocalityPolicy(enabled, distribute, failover);
  }

  private static void place(Node node, String field, String place) {
    String[] parts = place.split("/", -1);
    boolean star = false;
    for (String part : parts) {
      if (star || part.isEmpty()) {
        node.error(
            field, "'" + place + "' is no place; write region/zone/subzone, * for the rest of it");
        return;
      }
      star = part.equals("*");
    }
    if (parts.length > 3) {
      node.error(field, "'" + place + "' has more than region, zone and subzone");
    }
  }
}
