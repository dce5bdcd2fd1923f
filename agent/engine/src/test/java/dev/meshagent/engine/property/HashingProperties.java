package dev.meshagent.engine.property;

import static dev.meshagent.engine.Mesh.endpoint;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.Mesh;
import dev.meshagent.engine.TestRequest;
import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.policy.BalancePolicy;
import dev.meshagent.engine.snapshot.policy.BalancePolicy.Algorithm;
import dev.meshagent.engine.snapshot.policy.HashKey;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Hashing spreads keys evenly, alike for all callers, and moves few when an endpoint goes. */
class HashingProperties {
  private static final int KEYS = 20_000;

  @Property(tries = 5)
  void maglevMovesFewKeysWhenOneGoes(
      @ForAll @IntRange(min = 3, max = 40) int endpoints, @ForAll long seed) {
    assertMovesAtMost(Algorithm.MAGLEV, 1.5, endpoints, seed);
  }

  @Property(tries = 5)
  void ringMovesFewKeysWhenOneGoes(
      @ForAll @IntRange(min = 3, max = 40) int endpoints, @ForAll long seed) {
    assertMovesAtMost(Algorithm.RING_HASH, 1.2, endpoints, seed);
  }

  private static void assertMovesAtMost(Algorithm algorithm, double bound, int count, long seed) {
    List<Endpoint> endpoints = endpoints(count, seed);
    String[] before = owners(algorithm, endpoints);
    // Of every third; the share of one endpoint is a draw of its own.
    double moved = 0;
    int trials = 0;
    for (int gone = 0; gone < count; gone += 3) {
      List<Endpoint> left = new ArrayList<>(endpoints);
      left.remove(gone);
      String[] after = owners(algorithm, left);
      for (int key = 0; key < KEYS; key++) {
        moved += before[key].equals(after[key]) ? 0 : 1;
      }
      trials++;
    }
    assertThat(moved / trials / KEYS * count).as("keys moved, of 1/n").isLessThan(bound);
  }

  @Property(tries = 5)
  void maglevIsEven(@ForAll @IntRange(min = 2, max = 40) int endpoints, @ForAll long seed) {
    assertEven(Algorithm.MAGLEV, 0.05, endpoints, seed);
  }

  @Property(tries = 5)
  void ringIsEvenEnough(@ForAll @IntRange(min = 2, max = 40) int endpoints, @ForAll long seed) {
    // 100 points an endpoint and more: a standard deviation of a tenth, and four of them.
    assertEven(Algorithm.RING_HASH, 0.4, endpoints, seed);
  }

  private static void assertEven(Algorithm algorithm, double bound, int count, long seed) {
    List<Endpoint> endpoints = endpoints(count, seed);
    String[] owners = owners(algorithm, endpoints);
    double even = (double) KEYS / count;
    double chance = 4.5 / Math.sqrt(even);
    for (Endpoint endpoint : endpoints) {
      int owned = 0;
      for (String owner : owners) {
        owned += owner.equals(endpoint.uid) ? 1 : 0;
      }
      assertThat(owned / even).isBetween(1 - bound - chance, 1 + bound + chance);
    }
  }

  @Property(tries = 5)
  void callersAgreeWhateverOrderTheyWereTold(
      @ForAll @IntRange(min = 2, max = 40) int count, @ForAll long seed) {
    List<Endpoint> endpoints = endpoints(count, seed);
    List<Endpoint> shuffled = new ArrayList<>(endpoints);
    Collections.shuffle(shuffled, new Random(seed));
    for (Algorithm algorithm : new Algorithm[] {Algorithm.MAGLEV, Algorithm.RING_HASH}) {
      assertThat(owners(algorithm, shuffled)).isEqualTo(owners(algorithm, endpoints));
    }
  }

  private static List<Endpoint> endpoints(int count, long seed) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      endpoints.add(endpoint("u" + i + "-" + seed));
    }
    return endpoints;
  }

  /** Who gets each key. */
  private static String[] owners(Algorithm algorithm, List<Endpoint> endpoints) {
    Mesh mesh = Mesh.with();
    mesh.policy(
        new ServicePolicy.Builder()
            .traffic(
                TrafficPolicy.balancing(
                    BalancePolicy.of(algorithm)
                        .hashing(new HashKey(HashKey.Source.HEADER, "x-user"))))
            .build(),
        endpoints.toArray(new Endpoint[0]));
    String[] owners = new String[KEYS];
    for (int key = 0; key < KEYS; key++) {
      MeshCall call = mesh.open(TestRequest.get("http://orders/").header("x-user", "user-" + key));
      Attempt attempt = mesh.attempt(call);
      mesh.answer(call, attempt, 200, 0);
      owners[key] = attempt.endpoint.uid;
    }
    return owners;
  }
}
