package dev.meshagent.bench.engine;

import dev.meshagent.engine.balance.Peers;
import dev.meshagent.engine.snapshot.policy.BalancePolicy;
import dev.meshagent.engine.snapshot.policy.HashKey;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/**
 * A call without routes, by each algorithm, of a small and of a large service. The default
 * algorithm is there twice: over all endpoints, and as a service with 20 instances runs it, each of
 * which keeps to its aperture.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PickCost {
  private static final String APERTURE = "+APERTURE";

  @Param({
    "LATENCY_AWARE",
    "LATENCY_AWARE" + APERTURE,
    "LEAST_REQUEST",
    "ROUND_ROBIN",
    "RANDOM",
    "RING_HASH",
    "MAGLEV"
  })
  public String algorithm;

  @Param({"10", "10000"})
  public int endpoints;

  private final Fixture.Request request = new Fixture.Request("/orders/17");
  private Fixture fixture;

  @Setup
  public void setUp() {
    BalancePolicy balance =
        BalancePolicy.of(BalancePolicy.Algorithm.valueOf(algorithm.replace(APERTURE, "")))
            .hashing(new HashKey(HashKey.Source.HEADER, "x-user"));
    fixture =
        new Fixture(
            new ServicePolicy.Builder().traffic(TrafficPolicy.balancing(balance)).build(),
            endpoints);
    if (algorithm.endsWith(APERTURE)) {
      fixture.engine.peers(new Peers(7, 20));
    }
  }

  @Benchmark
  @OperationsPerInvocation(Fixture.BATCH)
  public void call(Blackhole sink) {
    for (int i = 0; i < Fixture.BATCH; i++) {
      sink.consume(Fixture.call(fixture.engine, request));
    }
  }
}
