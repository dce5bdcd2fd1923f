package dev.meshagent.engine.simulation;

import static dev.meshagent.engine.simulation.ServiceTime.logNormal;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A service that fails as a whole, and comes back. */
class OutageSimulationTest {
  private static final double EJECTION_SECONDS = 30;

  @Test
  void refusedConnectionsAreNotMultipliedAndRecoveryIsGentle() {
    outage("refused", server -> server.up = false, server -> server.up = true);
  }

  @Test
  void unavailableAnswersAreNotMultipliedAndRecoveryIsGentle() {
    outage("503", server -> server.status = 503, server -> server.status = 200);
  }

  private interface Change {
    void of(Server server);
  }

  /** Ten servers at 2,000 requests/s from two callers; a minute of outage after half a minute. */
  private static void outage(String kind, Change fail, Change heal) {
    String name = "total outage (" + kind + "): ";
    Simulation simulation = new Simulation(11);
    Service service = new Service(simulation);
    for (int i = 0; i < 10; i++) {
      service.start(logNormal(10, 0.3), 8);
    }
    List<MeshCaller> callers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      callers.add(new MeshCaller(simulation, service, i));
    }
    Load load = new Load(simulation, callers).open(2_000);
    simulation.runUntil(30);
    int steady = mostInFlight(service);

    load.mark();
    long attemptsBefore = service.attempts();
    service.servers().forEach(fail::of);
    simulation.runUntil(90);
    double attempts = service.attempts() - attemptsBefore;
    Figure.atMost(name + "attempts per request", attempts / load.requests, 1.25, "x");

    service.servers().forEach(heal::of);
    simulation.runUntil(91);
    load.mark();
    simulation.runUntil(92);
    Figure.atMost(name + "failed calls in the second second after", load.failures, 0, "");
    resetMostInFlight(service);
    double evenAgain = 2 * EJECTION_SECONDS + 1;
    for (double second = 92; second < 90 + 2 * EJECTION_SECONDS; second++) {
      long[] before = attemptsOfEach(service);
      simulation.runUntil(second + 1);
      if (leastShare(before, attemptsOfEach(service)) < 0.5) {
        evenAgain = 2 * EJECTION_SECONDS + 1;
      } else if (evenAgain > 2 * EJECTION_SECONDS) {
        evenAgain = second + 1 - 90;
      }
    }
    Figure.atMost(name + "until everybody has traffic again", evenAgain, 60, "s");
    Figure.note(name + "most in flight at one server before", steady, "");
    Figure.atMost(
        name + "most in flight at one server in recovery", mostInFlight(service), 2 * steady, "");
  }

  private static int mostInFlight(Service service) {
    return service.servers().stream().mapToInt(server -> server.mostInFlight).max().orElse(0);
  }

  private static void resetMostInFlight(Service service) {
    service.servers().forEach(server -> server.mostInFlight = 0);
  }

  private static long[] attemptsOfEach(Service service) {
    return service.servers().stream().mapToLong(server -> server.attempts).toArray();
  }

  /** The least that a server got, as a part of an even share. */
  private static double leastShare(long[] before, long[] after) {
    double sum = 0;
    double least = Double.MAX_VALUE;
    for (int i = 0; i < before.length; i++) {
      sum += after[i] - before[i];
      least = Math.min(least, after[i] - before[i]);
    }
    return least * before.length / sum;
  }
}
