package dev.meshagent.engine.simulation;

import static dev.meshagent.engine.simulation.ServiceTime.logNormal;

import dev.meshagent.engine.balance.Peers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Many callers of a large service, each keeping to its part of it. */
class ApertureSimulationTest {
  private static final int CALLERS = 200;
  private static final int ENDPOINTS = 500;

  @Test
  void callersDivideALargeServiceEvenlyWithFewConnections() {
    Simulation simulation = new Simulation(41);
    Service service = new Service(simulation);
    for (int i = 0; i < ENDPOINTS; i++) {
      service.start(logNormal(10, 0.3), 32);
    }
    List<MeshCaller> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      MeshCaller caller = new MeshCaller(simulation, service, i);
      caller.engine.peers(new Peers(i, CALLERS));
      callers.add(caller);
    }
    new Load(simulation, callers).open(10_000);
    simulation.runUntil(20);
    long[] before = service.servers().stream().mapToLong(server -> server.attempts).toArray();
    simulation.runUntil(120);
    double even = 0;
    double least = Double.MAX_VALUE;
    double most = 0;
    for (int i = 0; i < ENDPOINTS; i++) {
      double calls = service.servers().get(i).attempts - before[i];
      even += calls / ENDPOINTS;
      least = Math.min(least, calls);
      most = Math.max(most, calls);
    }
    Figure.atMost("apertures: most loaded endpoint, of even", most / even, 1.10, "x");
    Figure.atLeast("apertures: least loaded endpoint, of even", least / even, 0.90, "x");
    int connections = callers.stream().mapToInt(caller -> caller.used.size()).max().orElse(0);
    Figure.atMost("apertures: most connections of a caller", connections, 30, "");
  }
}
