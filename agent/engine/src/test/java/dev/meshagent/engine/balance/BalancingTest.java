package dev.meshagent.engine.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.Mesh;
import dev.meshagent.engine.TestRequest;
import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.Locality;
import dev.meshagent.engine.snapshot.NamedService;
import dev.meshagent.engine.snapshot.policy.BalancePolicy;
import dev.meshagent.engine.snapshot.policy.BalancePolicy.Algorithm;
import dev.meshagent.engine.snapshot.policy.EjectionPolicy;
import dev.meshagent.engine.snapshot.policy.HashKey;
import dev.meshagent.engine.snapshot.policy.LocalityPolicy;
import dev.meshagent.engine.snapshot.policy.RetryOn;
import dev.meshagent.engine.snapshot.policy.RetryPolicy;
import dev.meshagent.engine.snapshot.policy.Route;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which endpoints the algorithms choose, seen through whole calls. */
final class BalancingTest {
  private static final Outcome REFUSED = Outcome.failure(Failure.CONNECT, null);

  private static Endpoint weighted(String uid, int weight) {
    return Mesh.endpoint(uid, Health.READY, weight, "", Collections.singletonMap("http", 8080));
  }

  private static Endpoint at(String uid, String locality) {
    return at(uid, locality, Health.READY);
  }

  private static Endpoint at(String uid, String locality, Health health) {
    return Mesh.endpoint(uid, health, 1, locality, Collections.singletonMap("http", 8080));
  }

  private static Mesh mesh(TrafficPolicy traffic, Locality caller, Endpoint... endpoints) {
    Mesh mesh = new Mesh(caller, Collections.emptyMap());
    mesh.name(NamedService.of(Mesh.ORDERS));
    mesh.policy(new ServicePolicy.Builder().traffic(traffic).build(), endpoints);
    return mesh;
  }

  private static Mesh mesh(BalancePolicy balance, Endpoint... endpoints) {
    return mesh(TrafficPolicy.balancing(balance), Locality.UNKNOWN, endpoints);
  }

  private static Map<String, Integer> shares(Mesh mesh, int calls) {
    Map<String, Integer> shares = new TreeMap<>();
    for (int i = 0; i < calls; i++) {
      shares.merge(mesh.call(1), 1, Integer::sum);
    }
    return shares;
  }

  @Test
  void roundRobinIsSmoothAndExact() {
    Mesh mesh =
        mesh(
            BalancePolicy.of(Algorithm.ROUND_ROBIN),
            weighted("a", 3),
            weighted("b", 1),
            weighted("c", 2));
    List<String> turns = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      turns.add(mesh.call(1));
    }
    assertThat(turns.subList(0, 6)).isEqualTo(turns.subList(6, 12));
    assertThat(Collections.frequency(turns, "a")).isEqualTo(6);
    assertThat(Collections.frequency(turns, "b")).isEqualTo(2);
    for (int i = 2; i < 12; i++) {
      assertThat(turns.subList(i - 2, i + 1)).as("never three of one").contains("a");
      assertThat(new HashSet<>(turns.subList(i - 2, i + 1)).size()).isGreaterThan(1);
    }
  }

  @Test
  void randomFollowsTheWeights() {
    Mesh mesh =
        mesh(
            BalancePolicy.of(Algorithm.RANDOM),
            weighted("a", 7),
            weighted("b", 2),
            weighted("c", 1));
    Map<String, Integer> shares = shares(mesh, 20_000);
    assertThat(shares.get("a")).isBetween(13_600, 14_400);
    assertThat(shares.get("b")).isBetween(3_700, 4_300);
    assertThat(shares.get("c")).isBetween(1_800, 2_200);
  }

  @Test
  void leastRequestGoesToTheIdleOne() {
    Mesh mesh =
        mesh(BalancePolicy.of(Algorithm.LEAST_REQUEST), Mesh.endpoint("a"), Mesh.endpoint("b"));
    Attempt held = mesh.attempt(mesh.open());
    for (int i = 0; i < 50; i++) {
      assertThat(mesh.call(1)).isNotEqualTo(held.endpoint.uid);
    }
  }

  @Test
  void leastRequestDividesTheLoadByTheWeight() {
    Mesh mesh = mesh(BalancePolicy.of(Algorithm.LEAST_REQUEST), weighted("a", 3), weighted("b", 1));
    Map<String, Integer> held = new HashMap<>();
    for (int i = 0; i < 400; i++) {
      held.merge(mesh.attempt(mesh.open()).endpoint.uid, 1, Integer::sum);
    }
    assertThat(held.get("a")).isBetween(260, 340);
  }

  @ParameterizedTest
  @EnumSource(names = {"RING_HASH", "MAGLEV"})
  void hashedCallsStickAndMoveOnlyIfTheirEndpointIsGone(Algorithm algorithm) {
    BalancePolicy balance =
        BalancePolicy.of(algorithm).hashing(new HashKey(HashKey.Source.HEADER, "user"));
    Endpoint[] endpoints = new Endpoint[8];
    for (int i = 0; i < endpoints.length; i++) {
      endpoints[i] = Mesh.endpoint("e" + i);
    }
    Mesh mesh = mesh(balance, endpoints);
    Map<String, String> before = owners(mesh);
    assertThat(new HashSet<>(before.values())).hasSize(8);
    assertThat(owners(mesh)).isEqualTo(before);
    Endpoint[] fewer = Arrays.copyOf(endpoints, 7);
    mesh.policy(
        new ServicePolicy.Builder().traffic(TrafficPolicy.balancing(balance)).build(), fewer);
    Map<String, String> after = owners(mesh);
    int moved = 0;
    for (Map.Entry<String, String> each : before.entrySet()) {
      if (!each.getValue().equals("e7") && !after.get(each.getKey()).equals(each.getValue())) {
        moved++;
      }
    }
    assertThat(moved).as("keys of others that moved, of 400").isLessThan(20);
  }

  private static Map<String, String> owners(Mesh mesh) {
    Map<String, String> owners = new TreeMap<>();
    for (int user = 0; user < 400; user++) {
      TestRequest request = TestRequest.get("http://orders/").header("user", "u" + user);
      MeshCall call = mesh.open(request);
      Attempt attempt = mesh.attempt(call);
      mesh.answer(call, attempt, 200, 1);
      owners.put("u" + user, attempt.endpoint.uid);
    }
    return owners;
  }

  @ParameterizedTest
  @EnumSource
  void everyAlgorithmRetriesElsewhereAndLeavesOutTheEjected(Algorithm algorithm) {
    BalancePolicy balance =
        BalancePolicy.of(algorithm).hashing(new HashKey(HashKey.Source.SOURCE_IP, ""));
    Mesh mesh = mesh(balance, Mesh.endpoint("a"), Mesh.endpoint("b"), Mesh.endpoint("c"));
    Map<String, Integer> failures = new HashMap<>();
    String bad = null;
    for (int i = 0; i < 60; i++) {
      MeshCall call = mesh.open();
      Attempt attempt = mesh.attempt(call);
      bad = bad == null ? attempt.endpoint.uid : bad;
      if (attempt.endpoint.uid.equals(bad)) {
        failures.merge(bad, 1, Integer::sum);
        assertThat(call.finish(attempt, REFUSED)).isEqualTo(MeshCall.Verdict.RETRY);
        attempt = mesh.attempt(call);
        assertThat(attempt.endpoint.uid).isNotEqualTo(bad);
      }
      mesh.answer(call, attempt, 200, 1);
    }
    assertThat(failures.get(bad)).isLessThanOrEqualTo(5);
  }

  @Test
  void nearnessDecidesWhileTheNearAreHealthy() {
    Locality here = Locality.parse("eu/a");
    Mesh mesh =
        mesh(
            TrafficPolicy.DEFAULT,
            here,
            at("near", "eu/a"),
            at("region", "eu/b"),
            at("far", "us/a"));
    assertThat(shares(mesh, 50)).containsOnlyKeys("near");
    mesh = mesh(TrafficPolicy.DEFAULT, here, at("region", "eu/b"), at("far", "us/a"));
    assertThat(shares(mesh, 50)).containsOnlyKeys("region");
    mesh =
        mesh(
            TrafficPolicy.DEFAULT,
            here,
            at("near", "eu/a", Health.SUSPECT),
            at("region", "eu/b", Health.DRAINING),
            at("far", "us/a"));
    assertThat(shares(mesh, 50)).containsOnlyKeys("far");
  }

  @Test
  void withoutALocalityOfItsOwnACallerUsesAll() {
    Mesh mesh = mesh(TrafficPolicy.DEFAULT, Locality.UNKNOWN, at("a", "eu/a"), at("b", "us/a"));
    assertThat(shares(mesh, 50)).containsOnlyKeys("a", "b");
  }

  @Test
  void disabledNearnessUsesAll() {
    LocalityPolicy off = new LocalityPolicy(false, Collections.emptyList(), Collections.emptyMap());
    Mesh mesh =
        mesh(
            TrafficPolicy.balancing(BalancePolicy.DEFAULT.near(off)),
            Locality.parse("eu/a"),
            at("a", "eu/a"),
            at("b", "us/a"));
    assertThat(shares(mesh, 50)).containsOnlyKeys("a", "b");
  }

  @Test
  void anUnhealthyZonePassesOnWhatItCannotCarry() {
    EjectionPolicy all =
        new EjectionPolicy(0, 1, 0, false, 1, TimeUnit.HOURS.toNanos(1), Long.MAX_VALUE, 100, 0);
    Mesh mesh =
        mesh(
            TrafficPolicy.DEFAULT.with(all),
            Locality.parse("eu/a"),
            at("n1", "eu/a"),
            at("n2", "eu/a"),
            at("far1", "us/a"),
            at("far2", "us/a"));
    boolean ejected = false;
    while (!ejected) {
      MeshCall call = mesh.open(TestRequest.post("http://orders/"));
      Attempt attempt = mesh.attempt(call);
      ejected = attempt.endpoint.uid.equals("n1");
      mesh.answer(call, attempt, ejected ? 503 : 200, 1);
    }
    mesh.clock.advance(1, TimeUnit.SECONDS);
    Map<String, Integer> shares = shares(mesh, 2_000);
    assertThat(shares).doesNotContainKey("n1");
    // Half of the zone is healthy; times 1.4 it carries 70 %.
    assertThat(shares.get("n2")).isBetween(1_340, 1_460);
  }

  @Test
  void aDistributionDividesByPlace() {
    Map<String, Integer> to = new HashMap<>();
    to.put("eu/a", 80);
    to.put("us/*", 20);
    LocalityPolicy policy =
        new LocalityPolicy(
            true,
            Arrays.asList(
                new LocalityPolicy.Distribute("asia/*", Collections.singletonMap("us", 100)),
                new LocalityPolicy.Distribute("eu/*", to)),
            Collections.emptyMap());
    Mesh mesh =
        mesh(
            TrafficPolicy.balancing(BalancePolicy.DEFAULT.near(policy)),
            Locality.parse("eu/b"),
            at("eu", "eu/a"),
            at("us", "us/x"),
            at("none", "eu/b"));
    Map<String, Integer> shares = shares(mesh, 5_000);
    assertThat(shares).doesNotContainKey("none");
    assertThat(shares.get("us")).isBetween(850, 1_150);
  }

  @Test
  void aNamedSuccessorComesBeforeOtherRegions() {
    LocalityPolicy policy =
        new LocalityPolicy(true, Collections.emptyList(), Collections.singletonMap("eu", "us"));
    Mesh mesh =
        mesh(
            TrafficPolicy.balancing(BalancePolicy.DEFAULT.near(policy)),
            Locality.parse("eu/a"),
            at("asia", "asia/a"),
            at("us", "us/a"));
    assertThat(shares(mesh, 50)).containsOnlyKeys("us");
  }

  @Test
  void aRetryThatMayLeaveTheLocalityDoes() {
    Route.Builder route = new Route.Builder();
    route.retry =
        new RetryPolicy(
            1, EnumSet.of(RetryOn.CONNECT_FAILURE), Collections.emptySet(), 0, 0, 0, true, true);
    Mesh mesh = new Mesh(Locality.parse("eu/a"), Collections.emptyMap());
    mesh.name(NamedService.of(Mesh.ORDERS));
    mesh.policy(
        new ServicePolicy.Builder().route(route.build()).build(),
        at("n1", "eu/a"),
        at("n2", "eu/a"),
        at("far", "us/a"));
    Set<String> retriedAt = new HashSet<>();
    for (int i = 0; i < 30; i++) {
      mesh.call(1);
      mesh.call(1);
      MeshCall call = mesh.open();
      Attempt attempt = mesh.attempt(call);
      assertThat(attempt.endpoint.uid).startsWith("n");
      call.finish(attempt, REFUSED);
      attempt = mesh.attempt(call);
      retriedAt.add(attempt.endpoint.uid);
      mesh.answer(call, attempt, 200, 1);
    }
    assertThat(retriedAt).contains("far");
  }

  @Test
  void belowTheMinimumHealthEjectionIsIgnored() {
    EjectionPolicy panicky =
        new EjectionPolicy(0, 1, 0, false, 1, TimeUnit.HOURS.toNanos(1), Long.MAX_VALUE, 100, 60);
    Mesh mesh =
        mesh(
            TrafficPolicy.DEFAULT.with(panicky),
            Locality.UNKNOWN,
            Mesh.endpoint("a"),
            Mesh.endpoint("b"));
    boolean ejected = false;
    while (!ejected) {
      MeshCall call = mesh.open(TestRequest.post("http://orders/"));
      Attempt attempt = mesh.attempt(call);
      ejected = attempt.endpoint.uid.equals("a");
      mesh.answer(call, attempt, ejected ? 503 : 200, 1);
    }
    mesh.clock.advance(1, TimeUnit.SECONDS);
    assertThat(shares(mesh, 200)).containsKey("a");
  }

  @Test
  void peersDivideALargeServiceBetweenThem() {
    Endpoint[] endpoints = new Endpoint[60];
    for (int i = 0; i < endpoints.length; i++) {
      endpoints[i] = Mesh.endpoint("e" + i);
    }
    Set<String> all = new HashSet<>();
    for (int peer = 0; peer < 6; peer++) {
      Mesh mesh = mesh(BalancePolicy.DEFAULT, endpoints);
      mesh.engine.peers(new Peers(peer, 6));
      Set<String> used = shares(mesh, 1_000).keySet();
      assertThat(used.size()).isBetween(12, 22);
      all.addAll(used);
    }
    assertThat(all).hasSize(60);
  }
}
