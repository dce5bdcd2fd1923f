package dev.meshagent.bench.engine;

import dev.meshagent.engine.snapshot.ServiceSnapshot;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Taking in a snapshot of 10,000 endpoints and 100 routes, by turns one of two. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class SwapCost {
  private static final int ENDPOINTS = 10_000;

  private final Fixture fixture = new Fixture(Fixture.routes(100), ENDPOINTS);
  private final ServiceSnapshot[] snapshots = {
    Fixture.snapshot(Fixture.routes(100), ENDPOINTS, 2),
    Fixture.snapshot(Fixture.routes(100), ENDPOINTS - 100, 3)
  };
  private int turn;

  @Benchmark
  public void swap() {
    fixture.engine.snapshot(snapshots[turn++ & 1]);
  }
}
