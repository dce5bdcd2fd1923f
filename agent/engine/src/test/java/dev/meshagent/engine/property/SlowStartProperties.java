package dev.meshagent.engine.property;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.Mesh;
import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.policy.BalancePolicy;
import dev.meshagent.engine.snapshot.policy.BalancePolicy.Algorithm;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import dev.meshagent.engine.snapshot.policy.SlowStart;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/**
 * However many newcomers there are, how heavy and how quick: none is picked more often than its
 * weight in the ramp among all weights, but for the scatter of draws. Of each pick the chance that
 * the ramp allows is summed, and five standard deviations of that sum are let pass.
 */
class SlowStartProperties {
  private static final int CALLS = 6_000;
  private static final SlowStart RAMP = new SlowStart(TimeUnit.SECONDS.toNanos(10), 1, 10);

  @Provide
  Arbitrary<Algorithm> ramped() {
    return Arbitraries.of(
        Algorithm.LATENCY_AWARE, Algorithm.LEAST_REQUEST, Algorithm.ROUND_ROBIN, Algorithm.RANDOM);
  }

  @Property(tries = 40)
  void noNewcomerIsPickedMoreOftenThanItsRampAllows(
      @ForAll("ramped") Algorithm algorithm,
      @ForAll @IntRange(min = 1, max = 6) int grown,
      @ForAll @IntRange(min = 1, max = 6) int newcomers,
      @ForAll @IntRange(min = 1, max = 5) int heaviest,
      @ForAll long seed) {
    Random random = new Random(seed);
    Endpoint[] endpoints = new Endpoint[grown + newcomers];
    Map<String, Integer> places = new HashMap<>();
    int[] micros = new int[endpoints.length];
    for (int i = 0; i < endpoints.length; i++) {
      endpoints[i] =
          Mesh.endpoint(
              "u" + i,
              Health.READY,
              1 + random.nextInt(heaviest),
              "",
              Collections.singletonMap("http", 8080));
      places.put("u" + i, i);
      micros[i] = 100 + random.nextInt(i < grown ? 2_000 : 1_000);
    }
    Mesh mesh = Mesh.with();
    ServicePolicy policy =
        new ServicePolicy.Builder()
            .traffic(TrafficPolicy.balancing(BalancePolicy.of(algorithm).starting(RAMP)))
            .build();
    mesh.engine.forget(Mesh.ORDERS);
    mesh.policy(policy, Arrays.copyOf(endpoints, grown));
    long start = mesh.clock.nanos();
    mesh.policy(policy, endpoints);

    long[] taken = new long[endpoints.length];
    double[] allowed = new double[endpoints.length];
    double[] variance = new double[endpoints.length];
    double[] weights = new double[endpoints.length];
    for (int call = 0; call < CALLS; call++) {
      double sum = 0;
      for (int i = 0; i < endpoints.length; i++) {
        double factor = i < grown ? 1 : RAMP.factor(mesh.clock.nanos() - start);
        weights[i] = endpoints[i].weight * factor;
        sum += weights[i];
      }
      for (int i = 0; i < endpoints.length; i++) {
        double share = weights[i] / sum;
        allowed[i] += share;
        variance[i] += share * (1 - share);
      }
      taken[places.get(answered(mesh, places, micros))]++;
    }

    for (int i = grown; i < endpoints.length; i++) {
      // One more, since a variance of less than one call says little.
      assertThat((double) taken[i])
          .as("calls of newcomer %d of %s", i, Arrays.toString(endpoints))
          .isLessThanOrEqualTo(allowed[i] + 5 * Math.sqrt(variance[i]) + 1);
    }
  }

  private static String answered(Mesh mesh, Map<String, Integer> places, int[] micros) {
    MeshCall call = mesh.open();
    Attempt attempt = mesh.attempt(call);
    mesh.clock.advance(micros[places.get(attempt.endpoint.uid)], TimeUnit.MICROSECONDS);
    call.finish(attempt, Outcome.response(200, -1));
    call.release(attempt);
    return attempt.endpoint.uid;
  }
}
