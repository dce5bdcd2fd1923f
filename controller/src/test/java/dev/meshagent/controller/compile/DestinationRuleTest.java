package dev.meshagent.controller.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.controller.store.Kind;
import dev.meshagent.engine.snapshot.policy.BalancePolicy;
import dev.meshagent.engine.snapshot.policy.BalancePolicy.Algorithm;
import dev.meshagent.engine.snapshot.policy.EjectionPolicy;
import dev.meshagent.engine.snapshot.policy.HashKey;
import dev.meshagent.engine.snapshot.policy.Limits;
import dev.meshagent.engine.snapshot.policy.LocalityPolicy;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import dev.meshagent.engine.snapshot.policy.SlowStart;
import dev.meshagent.engine.snapshot.policy.Subset;
import dev.meshagent.engine.snapshot.policy.TlsMode;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DestinationRuleTest {
  private static Mesh rule(String fields) {
    return Mesh.with("shop/orders")
        .add(Kind.DESTINATION_RULE, "shop", "orders", "{host: 'orders'," + fields + "}");
  }

  private static ServicePolicy policy(String fields) {
    Mesh mesh = rule(fields);
    assertThat(mesh.errors()).isEmpty();
    return mesh.policy("shop/orders", "shop");
  }

  private static TrafficPolicy traffic(String fields) {
    return policy("trafficPolicy: {" + fields + "}").traffic;
  }

  private static BalancePolicy balance(String fields) {
    return traffic("loadBalancer: {" + fields + "}").balance;
  }

  @ParameterizedTest
  @CsvSource({
    "LEAST_REQUEST, LEAST_REQUEST",
    "LEAST_CONN, LEAST_REQUEST",
    "ROUND_ROBIN, ROUND_ROBIN",
    "RANDOM, RANDOM",
    "UNSPECIFIED, LATENCY_AWARE"
  })
  void simpleBalancersAreTaken(String written, Algorithm algorithm) {
    assertThat(balance("simple: '" + written + "'")).isEqualTo(BalancePolicy.of(algorithm));
  }

  @Test
  void hashesAreOfAHeaderACookieAParameterOrTheSource() {
    assertThat(balance("consistentHash: {httpHeaderName: 'x-user'}"))
        .isEqualTo(
            BalancePolicy.of(Algorithm.RING_HASH)
                .hashing(new HashKey(HashKey.Source.HEADER, "x-user")));
    assertThat(balance("consistentHash: {httpCookie: {name: 'u'}, maglev: {tableSize: 251}}"))
        .satisfies(
            balance -> {
              assertThat(balance.algorithm).isEqualTo(Algorithm.MAGLEV);
              assertThat(balance.tableSize).isEqualTo(251);
              assertThat(balance.hash).isEqualTo(new HashKey(HashKey.Source.COOKIE, "u"));
            });
    assertThat(
            balance(
                "consistentHash: {httpQueryParameterName: 'q', ringHash: {minimumRingSize: 9}}"))
        .satisfies(
            balance -> {
              assertThat(balance.ringMinimum).isEqualTo(9);
              assertThat(balance.hash).isEqualTo(new HashKey(HashKey.Source.QUERY, "q"));
            });
    assertThat(balance("consistentHash: {useSourceIp: true}").hash.source)
        .isEqualTo(HashKey.Source.SOURCE_IP);
  }

  @Test
  void localitiesAreDividedOrFailOver() {
    assertThat(
            balance(
                    "localityLbSetting: {distribute:"
                        + " [{from: 'eu/a/*', to: {'eu/a/*': 80, 'eu/b/*': 20}}]}")
                .locality)
        .isEqualTo(
            new LocalityPolicy(
                true,
                List.of(
                    new LocalityPolicy.Distribute("eu/a/*", Map.of("eu/a/*", 80, "eu/b/*", 20))),
                Map.of()));
    assertThat(balance("localityLbSetting: {failover: [{from: 'eu', to: 'us'}]}").locality.failover)
        .containsExactly(Map.entry("eu", "us"));
    assertThat(balance("localityLbSetting: {enabled: false}").locality.enabled).isFalse();
  }

  @Test
  void newcomersAreWarmedUp() {
    assertThat(balance("warmup: {duration: '30s', aggression: 2, minimumPercent: 5}").slowStart)
        .isEqualTo(new SlowStart(TimeUnit.SECONDS.toNanos(30), 2, 5));
    assertThat(balance("warmupDurationSecs: '60s'").slowStart)
        .isEqualTo(new SlowStart(TimeUnit.SECONDS.toNanos(60), 1, 10));
  }

  @Test
  void limitsAreOfConnectionsRequestsAndRetries() {
    assertThat(
            traffic(
                    "connectionPool: {tcp: {maxConnections: 1, connectTimeout: '2s'},"
                        + " http: {http1MaxPendingRequests: 3, http2MaxRequests: 4, maxRetries: 5,"
                        + " idleTimeout: '6s'}}")
                .limits)
        .isEqualTo(
            new Limits(1, 4, 3, 5, TimeUnit.SECONDS.toNanos(2), TimeUnit.SECONDS.toNanos(6)));
  }

  @Test
  void outlierDetectionThatIsWrittenHasIstiosDefaults() {
    assertThat(traffic("outlierDetection: {consecutiveGatewayErrors: 2}").ejection)
        .isEqualTo(
            new EjectionPolicy(
                5,
                2,
                0,
                false,
                TimeUnit.SECONDS.toNanos(10),
                TimeUnit.SECONDS.toNanos(30),
                TimeUnit.SECONDS.toNanos(300),
                10,
                0));
    assertThat(
            traffic(
                    "outlierDetection: {consecutive5xxErrors: 0,"
                        + " splitExternalLocalOriginErrors: true,"
                        + " consecutiveLocalOriginFailures: 4, interval: '1s',"
                        + " baseEjectionTime: '10m', maxEjectionPercent: 100,"
                        + " minHealthPercent: 50}")
                .ejection)
        .isEqualTo(
            new EjectionPolicy(
                0,
                0,
                4,
                true,
                TimeUnit.SECONDS.toNanos(1),
                TimeUnit.MINUTES.toNanos(10),
                TimeUnit.MINUTES.toNanos(10),
                100,
                50));
  }

  @Test
  void theRestOfATrafficPolicyIsTaken() {
    assertThat(traffic("retryBudget: {percent: 5}").budgetPercent).isEqualTo(5);
    assertThat(traffic("tls: {mode: 'DISABLE'}").tls).isEqualTo(TlsMode.DISABLE);
  }

  @Test
  void aPortDoesNotInheritAndASubsetDoes() {
    ServicePolicy policy =
        policy(
            "trafficPolicy: {loadBalancer: {simple: 'RANDOM'},"
                + " connectionPool: {http: {http2MaxRequests: 9}},"
                + " portLevelSettings: [{port: {number: 9090},"
                + " connectionPool: {http: {http2MaxRequests: 1}}}]},"
                + " subsets: [{name: 'plain', labels: {version: 'v1'}},"
                + " {name: 'own', labels: {version: 'v2'},"
                + " trafficPolicy: {loadBalancer: {simple: 'ROUND_ROBIN'}}}]");
    Subset plain = policy.subsets.get(0);
    Subset own = policy.subsets.get(1);

    assertThat(at(policy, null, 80)).isEqualTo("RANDOM 9");
    assertThat(at(policy, null, 9090)).isEqualTo("LATENCY_AWARE 1");
    assertThat(at(policy, plain, 80)).isEqualTo("RANDOM 9");
    assertThat(at(policy, plain, 9090)).isEqualTo("LATENCY_AWARE 1");
    assertThat(at(policy, own, 80)).isEqualTo("ROUND_ROBIN 9");
    assertThat(at(policy, own, 9090)).isEqualTo("ROUND_ROBIN 1");
    assertThat(own.labels).containsExactly(Map.entry("version", "v2"));
  }

  private static String at(ServicePolicy policy, Subset subset, int port) {
    TrafficPolicy traffic = policy.traffic(subset, port);
    return traffic.balance.algorithm + " " + traffic.limits.maxRequests;
  }

  @Test
  void rulesOfOneHostAreMergedUnlessBothSayTheSameThing() {
    Mesh mesh =
        rule("trafficPolicy: {loadBalancer: {simple: 'RANDOM'}}")
            .add(
                Kind.DESTINATION_RULE,
                "shop",
                "subsets",
                "{host: 'orders.shop', subsets: [{name: 'v1', labels: {version: 'v1'}}]}");
    assertThat(mesh.errors()).isEmpty();
    assertThat(mesh.policy("shop/orders", "shop").traffic.balance.algorithm)
        .isEqualTo(Algorithm.RANDOM);
    assertThat(mesh.policy("shop/orders", "shop").subsets).hasSize(1);

    mesh.add(
        Kind.DESTINATION_RULE,
        "shop",
        "third",
        "{host: 'orders', trafficPolicy: {}, subsets: [{name: 'v1'}]}");
    assertThat(mesh.errors())
        .satisfiesExactlyInAnyOrder(
            e -> assertThat(e).startsWith("spec.trafficPolicy: is for shop/orders, for which"),
            e -> assertThat(e).startsWith("spec.subsets[0].name: is a subset of shop/orders"));
  }

  @Test
  void annotationsSayWhatNoFieldCan() {
    TrafficPolicy traffic =
        Mesh.with("shop/orders")
            .add(
                Kind.DESTINATION_RULE,
                "shop",
                "orders",
                "{host: 'orders', trafficPolicy: {loadBalancer: {simple: 'RANDOM'}}}",
                Map.of("mesh-agent.dev/aperture", "0", "mesh-agent.dev/retries-per-second", "3"))
            .policy("shop/orders", "shop")
            .traffic;

    assertThat(traffic.balance.aperture).isZero();
    assertThat(traffic.budgetFreePerSecond).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          loadBalancer: {simple: 'PASSTHROUGH'}            | loadBalancer.simple: write LEAST_REQUEST
          loadBalancer: {simple: 'RANDOM', consistentHash: {useSourceIp: true}} | loadBalancer: write one of simple, consistentHash
          loadBalancer: {consistentHash: {}}               | loadBalancer.consistentHash: write exactly one of
          loadBalancer: {consistentHash: {httpCookie: {name: 'a', ttl: '1s'}}} | loadBalancer.consistentHash.httpCookie.ttl: is not obeyed
          loadBalancer: {consistentHash: {useSourceIp: true, maglev: {tableSize: 100}}} | loadBalancer.consistentHash.maglev.tableSize: is no prime
          loadBalancer: {localityLbSetting: {distribute: [{from: 'a', to: {a: 90}}]}} | loadBalancer.localityLbSetting.distribute[0].to: has weights that make 90
          loadBalancer: {localityLbSetting: {failoverPriority: ['a']}} | loadBalancer.localityLbSetting.failoverPriority: is not obeyed
          loadBalancer: {simple: 'RANDOM', warmup: {duration: '1s'}} | loadBalancer.warmup: needs LEAST_REQUEST
          connectionPool: {http: {maxRequestsPerConnection: 1}} | connectionPool.http.maxRequestsPerConnection: is not obeyed
          connectionPool: {tcp: {tcpKeepalive: {}}}        | connectionPool.tcp.tcpKeepalive: is not obeyed
          connectionPool: {tcp: {maxConnections: 'many'}}  | connectionPool.tcp.maxConnections: write a whole number
          outlierDetection: {maxEjectionPercent: 101}      | outlierDetection.maxEjectionPercent: write a whole number from 0 to 100
          outlierDetection: {consecutiveLocalOriginFailures: 1} | outlierDetection.consecutiveLocalOriginFailures: counts only where
          tls: {mode: 'SIMPLE'}                            | tls.mode: only DISABLE is obeyed
          tunnel: {}                                       | tunnel: is not obeyed
          proxyProtocol: {}                                | proxyProtocol: is not obeyed
          retryBudget: {minRetryConcurrency: 3}            | retryBudget.minRetryConcurrency: is not obeyed
          portLevelSettings: [{}]                          | portLevelSettings[0].port: is missing
          """)
  void whatCannotBeObeyedIsRefusedWithItsPath(String fields, String error) {
    assertThat(rule("trafficPolicy: {" + fields + "}").errors())
        .anySatisfy(e -> assertThat(e).startsWith("spec.trafficPolicy." + error));
  }

  @Test
  void subsetsHaveNamesOfTheirOwn() {
    assertThat(rule("subsets: [{name: 'a'}, {name: 'a'}, {name: 'x y'}]").errors())
        .satisfiesExactly(
            e -> assertThat(e).startsWith("spec.subsets[1].name: is another subset's name"),
            e -> assertThat(e).startsWith("spec.subsets[2].name: write letters"));
  }

  @Test
  void aRuleForNobodyIsWarnedOf() {
    assertThat(Mesh.with().add(Kind.DESTINATION_RULE, "shop", "x", "{host: 'ghost'}").warnings())
        .singleElement()
        .asString()
        .startsWith("spec.host: no service shop/ghost is known");
  }
}
