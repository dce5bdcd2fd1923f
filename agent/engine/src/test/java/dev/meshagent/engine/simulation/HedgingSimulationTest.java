package dev.meshagent.engine.simulation;

import static dev.meshagent.engine.simulation.ServiceTime.logNormal;

import dev.meshagent.engine.snapshot.policy.Hedge;
import dev.meshagent.engine.snapshot.policy.Route;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A second attempt where the first hangs in a pause. */
class HedgingSimulationTest {

  @Test
  void hedgingCutsTheTailThatPausesMake() {
    double[] plain = pauses(null);
    double[] hedged = pauses(new Hedge(0, 1));
    Figure.note("pauses: p99.9 without hedging", plain[0], "ms");
    Figure.note("pauses: p99.9 with hedging", hedged[0], "ms");
    Figure.atLeast("pauses: p99.9 better by hedging", plain[0] / hedged[0], 3, "x");
    Figure.atMost("pauses: more calls by hedging", 100 * (hedged[1] / plain[1] - 1), 5, "%");
  }

  /**
   * One of ten endpoints pauses 500 ms every 15 s. There are many callers that send little each:
   * one that sends much learns of the pause by its first call. p99.9 in ms, attempts per request.
   */
  private static double[] pauses(Hedge hedge) {
    Simulation simulation = new Simulation(31);
    Service service = new Service(simulation);
    if (hedge != null) {
      Route.Builder route = new Route.Builder();
      route.hedge = hedge;
      service.policy = new ServicePolicy.Builder().route(route.build()).build();
    }
    for (int i = 0; i < 10; i++) {
      service.start(logNormal(10, 0.3), 32);
    }
    List<MeshCaller> callers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      callers.add(new MeshCaller(simulation, service, i));
    }
    Load load = new Load(simulation, callers).open(500);
    Server pausing = service.servers().get(0);
    simulation.runUntil(20);
    load.mark();
    long before = service.attempts();
    for (int second = 20; second < 620; second += 15) {
      simulation.at(second, () -> pausing.pause(500));
    }
    simulation.runUntil(620);
    return new double[] {
      load.millisAt(99.9), (double) (service.attempts() - before) / load.requests
    };
  }
}
