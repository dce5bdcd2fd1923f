package dev.meshagent.controller.compile.istio;

import dev.meshagent.controller.compile.document.Node;
import dev.meshagent.engine.snapshot.policy.EjectionPolicy;
import dev.meshagent.engine.snapshot.policy.Limits;
import dev.meshagent.engine.snapshot.policy.TlsMode;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Reads {@code TrafficPolicy}: each group of settings that is there replaces the inherited one. */
final class TrafficReader {
  private static final int HIGHEST_PORT = 65535;

  /** Istio's and Envoy's, where outlierDetection is written without them. */
  private static final int CONSECUTIVE_5XX = 5;

  private static final int CONSECUTIVE_LOCAL = 5;
  private static final int MAX_EJECTION_PERCENT = 10;
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long BASE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(300);

  private static final List<String> CERTIFICATES =
      List.of(
          "clientCertificate",
          "privateKey",
          "caCertificates",
          "credentialName",
          "subjectAltNames",
          "sni",
          "insecureSkipVerify",
          "caCrl");

  private final TrafficPolicy defaults;

  /**
   * @param defaults what holds where nothing is written
   */
  TrafficReader(TrafficPolicy defaults) {
    this.defaults = defaults;
  }

  /** The settings of a policy beside those of its ports. */
  TrafficPolicy groups(Node node, TrafficPolicy inherited) {
    TrafficPolicy policy = inherited;
    Optional<Node> balancer = node.object("loadBalancer");
    if (balancer.isPresent()) {
      policy = policy.with(BalanceReader.read(balancer.get(), defaults.balance.aperture));
    }
    Optional<Node> pool = node.object("connectionPool");
    if (pool.isPresent()) {
      policy = policy.with(limits(pool.get()));
    }
    Optional<Node> outliers = node.object("outlierDetection");
    if (outliers.isPresent()) {
      policy = policy.with(ejection(outliers.get()));
    }
    double budget = budget(node, policy.budgetPercent);
    TlsMode tls = tls(node, policy.tls);
    return new TrafficPolicy(
        policy.balance, policy.limits, policy.ejection, budget, policy.budgetFreePerSecond, tls);
  }

  /**
   * The settings of single ports. What one of them leaves out is the default, not what holds for
   * the whole: so Istio has it.
   */
  Map<Integer, Node> ports(Node node) {
    Map<Integer, Node> ports = new TreeMap<>();
    for (Node each : node.objects("portLevelSettings")) {
      int number =
          each.object("port")
              .map(
                  port -> {
                    int value = port.integer("number", 1, HIGHEST_PORT, 0);
                    port.end();
                    return value;
                  })
              .orElse(0);
      if (number == 0) {
        each.error("port", "is missing; write port: {number: …}");
      } else if (ports.put(number, each) != null) {
        each.error("port", "has settings already; write them once");
      }
    }
    return ports;
  }

  TrafficPolicy defaults() {
    return defaults;
  }

  private static Limits limits(Node node) {
    Optional<Node> tcp = node.object("tcp");
    Optional<Node> http = node.object("http");
    tcp.ifPresent(
        t ->
            t.refuseAll(
                List.of("tcpKeepalive", "maxConnectionDuration", "idleTimeout"),
                "the library keeps its own sockets; take it out"));
    http.ifPresent(
        h ->
            h.refuseAll(
                List.of(
                    "maxRequestsPerConnection",
                    "h2UpgradePolicy",
                    "useClientProtocol",
                    "maxConcurrentStreams"),
                "the library decides how it uses a connection; take it out"));
    Limits limits =
        new Limits(
            tcp.map(t -> most(t, "maxConnections", 0)).orElse(0),
            http.map(h -> most(h, "http2MaxRequests", 0)).orElse(0),
            http.map(h -> most(h, "http1MaxPendingRequests", 0))
                .filter(pending -> pending > 0)
                .orElse(Limits.DEFAULT_PENDING),
            http.map(h -> most(h, "maxRetries", 0)).orElse(0),
            tcp.map(t -> t.nanosFrom("connectTimeout", 1_000_000, "1ms").orElse(0)).orElse(0L),
            http.map(h -> h.nanosFrom("idleTimeout", 1_000_000, "1ms").orElse(0)).orElse(0L));
    tcp.ifPresent(Node::end);
    http.ifPresent(Node::end);
    node.end();
    return limits;
  }

  /** Where 0 is Istio's default, it says that there is no limit. */
  private static int most(Node node, String field, int absent) {
    return node.integer(field, 0, Integer.MAX_VALUE, absent);
  }

  private static EjectionPolicy ejection(Node node) {
    node.atMostOne("consecutiveGatewayErrors", "consecutiveErrors");
    boolean split = node.flag("splitExternalLocalOriginErrors", false);
    int local = most(node, "consecutiveLocalOriginFailures", CONSECUTIVE_LOCAL);
    if (node.has("consecutiveLocalOriginFailures") && !split) {
      node.error(
          "consecutiveLocalOriginFailures",
          "counts only where splitExternalLocalOriginErrors is true; write that as well");
    }
    long base = node.nanosFrom("baseEjectionTime", 1_000_000, "1ms").orElse(BASE_NANOS);
    EjectionPolicy policy =
        new EjectionPolicy(
            most(node, "consecutive5xxErrors", CONSECUTIVE_5XX),
            // The older name of the same.
            most(node, "consecutiveGatewayErrors", most(node, "consecutiveErrors", 0)),
            split ? local : 0,
            split,
            node.nanosFrom("interval", 1_000_000, "1ms").orElse(INTERVAL_NANOS),
            base,
            Math.max(base, MAX_NANOS),
            node.integer("maxEjectionPercent", 0, 100, MAX_EJECTION_PERCENT),
            node.integer("minHealthPercent", 0, 100, 0));
    node.end();
    return policy;
  }

  private static double budget(Node node, double inherited) {
    return node.object("retryBudget")
        .map(
            budget -> {
              budget.refuse(
                  "minRetryConcurrency",
                  "its budget counts retries a second, not those under way; use the annotation "
                      + RuleAnnotations.RETRIES_PER_SECOND);
              double percent = budget.number("percent", 0, 100).orElse(inherited);
              budget.end();
              return percent;
            })
        .orElse(inherited);
  }

  private static TlsMode tls(Node node, TlsMode inherited) {
    Optional<Node> tls = node.object("tls");
    if (tls.isEmpty()) {
      return inherited;
    }
    String mode = tls.get().text("mode", "DISABLE");
    TlsMode read = inherited;
    if (mode.equals("DISABLE")) {
      read = TlsMode.DISABLE;
    } else {
      tls.get()
          .error(
              "mode",
              "only DISABLE is obeyed by this version: its agents cannot encrypt for a caller yet;"
                  + " take tls out, or call https");
    }
    tls.get().refuseAll(CERTIFICATES, "no certificate is used by this version; take it out");
    tls.get().end();
    return read;
  }
}
