package dev.meshagent.bench.engine;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/**
 * One call, {@code open → next → finish → release}, of a service with 100 routes and 1,000
 * endpoints; and what any measuring interceptor pays at the very least.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CallCost {
  private final Fixture fixture = new Fixture(Fixture.routes(100), 1_000);
  private final Fixture.Request request = new Fixture.Request("/api/v1/resource50/17?expand=lines");
  private final ConcurrentHashMap<String, Object> map = new ConcurrentHashMap<>();
  private String key = "orders";

  public CallCost() {
    for (int i = 0; i < 100; i++) {
      map.put("service" + i, fixture);
    }
    map.put(key, fixture);
  }

  /** Two readings of the clock and one look into a concurrent map. */
  @Benchmark
  @OperationsPerInvocation(Fixture.BATCH)
  public void baseline(Blackhole sink) {
    for (int i = 0; i < Fixture.BATCH; i++) {
      long before = System.nanoTime();
      sink.consume(map.get(key));
      sink.consume(System.nanoTime() - before);
    }
  }

  /** One call. */
  @Benchmark
  @OperationsPerInvocation(Fixture.BATCH)
  public void call(Blackhole sink) {
    for (int i = 0; i < Fixture.BATCH; i++) {
      sink.consume(Fixture.call(fixture.engine, request));
    }
  }
}
