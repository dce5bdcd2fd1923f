package dev.meshagent.engine.simulation;

import static dev.meshagent.engine.simulation.ServiceTime.logNormal;

import dev.meshagent.engine.snapshot.policy.BalancePolicy;
import dev.meshagent.engine.snapshot.policy.BalancePolicy.Algorithm;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import dev.meshagent.engine.snapshot.policy.SlowStart;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A newcomer under slow start: no more than its ramp, and its full share afterwards. */
class SlowStartSimulationTest {
  private static final int WINDOW_SECONDS = 30;
  private static final SlowStart RAMP = new SlowStart(WINDOW_SECONDS * 1_000_000_000L, 1, 10);

  @ParameterizedTest
  @EnumSource(names = {"LATENCY_AWARE", "LEAST_REQUEST", "ROUND_ROBIN", "RANDOM"})
  void newcomerNeverExceedsItsRamp(Algorithm algorithm) {
    String name = "slow start, " + algorithm + ": ";
    Simulation simulation = new Simulation(21);
    Service service = new Service(simulation);
    service.policy =
        new ServicePolicy.Builder()
            .traffic(TrafficPolicy.balancing(BalancePolicy.of(algorithm).starting(RAMP)))
            .build();
    for (int i = 0; i < 9; i++) {
      service.start(logNormal(10, 0.3), 32);
    }
    List<MeshCaller> callers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      callers.add(new MeshCaller(simulation, service, i));
    }
    Load load = new Load(simulation, callers).open(2_000);
    simulation.runUntil(60);
    Server newcomer = service.start(logNormal(10, 0.3), 32);
    service.push();
    double worst = 0;
    for (int second = 60; second < 60 + WINDOW_SECONDS; second++) {
      double share = share(simulation, load, newcomer, second + 1);
      double factor = RAMP.factor((second + 1 - 60) * 1_000_000_000L);
      worst = Math.max(worst, share / (factor / (9 + factor)));
    }
    // A second has some 20 calls at least for the newcomer, so chance alone makes 1.5 of 1 at most.
    Figure.atMost(name + "most of its ramp in any second", worst, 1.5, "x");
    double after = share(simulation, load, newcomer, 120);
    Figure.atLeast(name + "share afterwards, of its fair", 10 * after, 0.85, "x");
    Figure.atMost(name + "share afterwards, of its fair", 10 * after, 1.15, "x");
  }

  private static double share(Simulation simulation, Load load, Server server, int until) {
    long before = server.attempts;
    load.mark();
    simulation.runUntil(until);
    return (double) (server.attempts - before) / load.requests;
  }
}
