package dev.meshagent.bench.engine;

import dev.meshagent.engine.call.Attempt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * One call, {@code open → next → finish → release}, of a service with 100 routes and 1,000
 * endpoints; and what any measuring interceptor pays at the very least.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
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
  public long baseline() {
    long before = System.nanoTime();
    Object found = map.get(key);
    return System.nanoTime() - before + (found == null ? 1 : 0);
  }

  /** One call. */
  @Benchmark
  public Attempt call() {
    return Fixture.call(fixture.engine, request);
  }
}
