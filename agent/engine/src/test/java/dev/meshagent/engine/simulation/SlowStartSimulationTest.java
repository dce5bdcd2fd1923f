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

/**
 * A newcomer under slow start: no more than its ramp, and its full share afterwards.
 *
 * <p>The ramp gives a newcomer the share {@code f / (9 + f)} beside nine siblings, {@code f} being
 * its factor at the time. Picks are draws, so what is counted scatters around that even if it is
 * obeyed exactly: of {@code n} calls with the chance {@code p} each, four standard deviations
 * {@code √(n p (1 − p))} too many come about once in 30,000 windows. Over the whole ramp four
 * deviations are a twentieth of what it allows, so that exceeding it by more cannot hide in the
 * scatter.
 */
class SlowStartSimulationTest {
  private static final int WINDOW_SECONDS = 30;
  private static final int START = 60;
  private static final SlowStart RAMP = new SlowStart(WINDOW_SECONDS * 1_000_000_000L, 1, 10);
  private static final double MOST_DEVIATIONS = 4;

  @ParameterizedTest
  @EnumSource(names = {"LATENCY_AWARE", "LEAST_REQUEST", "ROUND_ROBIN", "RANDOM"})
  void newcomerNeverExceedsItsRamp(Algorithm algorithm) {
    String name = "slow start, " + algorithm + ": ";
    double after = ramp(name, algorithm, 10);
    Figure.atLeast(name + "share afterwards, of its fair", 10 * after, 0.85, "x");
    Figure.atMost(name + "share afterwards, of its fair", 10 * after, 1.15, "x");
  }

  @ParameterizedTest
  @EnumSource(names = {"LATENCY_AWARE", "LEAST_REQUEST"})
  void newcomerNeverExceedsItsRampThoughItIsTheCheapestByFar(Algorithm algorithm) {
    ramp("slow start of a fast one, " + algorithm + ": ", algorithm, 1);
  }

  /** Returns the newcomer's share in the half minute after its ramp. */
  private static double ramp(String name, Algorithm algorithm, double newcomerMillis) {
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
    Load load = new Load(simulation, callers).open(4_000);
    simulation.runUntil(START);
    Server newcomer = service.start(logNormal(newcomerMillis, 0.3), 32);
    service.push();
    double mostOver = Double.NEGATIVE_INFINITY;
    double allowed = 0;
    double variance = 0;
    long taken = 0;
    for (int second = 0; second < WINDOW_SECONDS; second++) {
      long before = newcomer.attempts;
      load.mark();
      simulation.runUntil(START + second + 1);
      long took = newcomer.attempts - before;
      // The factor rises all the time, but for its least value in a line: its mean is the middle's.
      double factor = RAMP.factor(second * 1_000_000_000L + 500_000_000L);
      double share = factor / (9 + factor);
      double scatter = load.requests * share * (1 - share);
      mostOver = Math.max(mostOver, (took - load.requests * share) / Math.sqrt(scatter));
      taken += took;
      allowed += load.requests * share;
      variance += scatter;
    }
    Figure.atMost(name + "most over its ramp in any second", mostOver, MOST_DEVIATIONS, "σ");
    Figure.atMost(
        name + "calls during its ramp, of what that allows",
        taken / allowed,
        1 + MOST_DEVIATIONS * Math.sqrt(variance) / allowed,
        "x");
    Figure.atLeast(name + "calls during its ramp, of what that allows", taken / allowed, 0.7, "x");
    long before = newcomer.attempts;
    load.mark();
    simulation.runUntil(START + 2 * WINDOW_SECONDS);
    return (double) (newcomer.attempts - before) / load.requests;
  }
}
