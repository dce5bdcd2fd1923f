package dev.meshagent.engine.simulation;

import static dev.meshagent.engine.simulation.ServiceTime.logNormal;

import dev.meshagent.engine.snapshot.policy.BalancePolicy;
import dev.meshagent.engine.snapshot.policy.BalancePolicy.Algorithm;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** Where calls go: away from the slow and the broken, and soon enough to newcomers. */
class BalancingSimulationTest {

  @Test
  void oneOfTenTenTimesSlowerGetsHardlyAnyCalls() {
    double[] ours = slowEndpoint(Algorithm.LATENCY_AWARE);
    double[] roundRobin = slowEndpoint(Algorithm.ROUND_ROBIN);
    Figure.atMost("slow endpoint: its share of calls", ours[0], 2, "%");
    Figure.note("slow endpoint: p99 by round robin", roundRobin[1], "ms");
    Figure.note("slow endpoint: p99", ours[1], "ms");
    Figure.atLeast(
        "slow endpoint: p99 better than round robin by", roundRobin[1] / ours[1], 5, "x");
  }

  /** 200 requests/s for 1,000 s; the slow one's share in percent, p99 in ms. */
  private static double[] slowEndpoint(Algorithm algorithm) {
    Simulation simulation = new Simulation(1);
    Service service = new Service(simulation);
    for (int i = 0; i < 9; i++) {
      service.start(logNormal(10, 0.3), 16);
    }
    Server slow = service.start(logNormal(100, 0.3), 16);
    service.policy =
        new ServicePolicy.Builder()
            .traffic(TrafficPolicy.balancing(BalancePolicy.of(algorithm)))
            .build();
    Caller caller = new MeshCaller(simulation, service, 7);
    Load load = new Load(simulation, Collections.singletonList(caller)).open(200);
    simulation.runUntil(1_000);
    return new double[] {100.0 * slow.attempts / load.requests, load.millisAt(99)};
  }

  @Test
  void failingFastIsNotPreferredAndSoonEjected() {
    Simulation simulation = new Simulation(2);
    Service service = healthy(simulation, 9);
    Server broken = service.start(ServiceTime.constant(1), 16);
    broken.status = 503;
    Load load = mesh(simulation, service, 1).open(200);
    simulation.runUntil(20);
    Figure.atMost("failing fast with 503: calls until ejected", broken.attempts, 20, "");
    Figure.atMost(
        "failing fast with 503: share before and while ejected",
        100.0 * broken.attempts / load.requests,
        2,
        "%");
  }

  @Test
  void failingFastIsNotPreferredEvenWhereItIsNotEjected() {
    Simulation simulation = new Simulation(3);
    Service service = healthy(simulation, 9);
    Server broken = service.start(ServiceTime.constant(1), 16);
    Load load = mesh(simulation, service, 1).open(200);
    simulation.runUntil(30);
    broken.status = 500;
    load.mark();
    broken.attempts = 0;
    simulation.runUntil(230);
    Figure.atMost(
        "failing fast with 500, by default no reason to eject: share",
        100.0 * broken.attempts / load.requests,
        10,
        "%");
  }

  @Test
  void newcomerAmongSubMillisecondSiblingsIsSoonServedItsShare() {
    int trials = 200;
    long first = 0;
    long second = 0;
    for (int seed = 0; seed < trials; seed++) {
      Simulation simulation = new Simulation(seed);
      Service service = new Service(simulation);
      for (int i = 0; i < 10; i++) {
        service.start(logNormal(0.5, 0.3), 16);
      }
      MeshCaller caller = new MeshCaller(simulation, service, seed);
      sequential(simulation, caller, 2_000);
      Server newcomer = service.start(logNormal(0.5, 0.3), 16);
      service.push();
      sequential(simulation, caller, 50);
      first += newcomer.attempts;
      sequential(simulation, caller, 50);
      second += newcomer.attempts;
    }
    second -= first;
    double fair = trials * 50.0 / 11;
    Figure.atLeast("newcomer: share of the first 50 calls, of its fair", first / fair, 0.7, "x");
    Figure.atLeast("newcomer: share of the second 50 calls, of its fair", second / fair, 0.8, "x");
    Figure.atMost("newcomer: share of the second 50 calls, of its fair", second / fair, 1.25, "x");
  }

  private static void sequential(Simulation simulation, MeshCaller caller, int calls) {
    int[] left = {calls};
    Runnable[] again = new Runnable[1];
    again[0] =
        () ->
            caller.call(
                answer -> {
                  if (--left[0] > 0) {
                    again[0].run();
                  }
                });
    again[0].run();
    while (left[0] > 0) {
      simulation.runUntil(simulation.seconds() + 0.001);
    }
  }

  @Test
  void rollingDeployShowsNoSpike() {
    Simulation simulation = new Simulation(5);
    Service service = healthy(simulation, 20);
    Load load = mesh(simulation, service, 10).open(1_000);
    simulation.runUntil(30);
    load.mark();
    double before = worstSecondsP99(simulation, load, 30, 120);
    List<Server> old = new ArrayList<>(service.servers().subList(0, 6));
    for (int i = 0; i < old.size(); i++) {
      replace(simulation, service, old.get(i), 121 + 10 * i);
    }
    double during = worstSecondsP99(simulation, load, 120, 210);
    Figure.note("rolling deploy: worst p99 of any 5 s before", before, "ms");
    Figure.atMost("rolling deploy: worst p99 of any 5 s during", during, 1.5 * before, "ms");
    Figure.atMost("rolling deploy: failed calls", load.failures, 0, "");
  }

  /**
   * A new process, three times slower while it warms up, and ten seconds later the old one goes.
   */
  private static void replace(Simulation simulation, Service service, Server old, double seconds) {
    simulation.at(
        seconds,
        () -> {
          Server young = service.start(logNormal(30, 0.3), 16);
          service.push();
          simulation.at(seconds + 3, () -> young.time = logNormal(10, 0.3));
        });
    simulation.at(
        seconds + 5,
        () -> {
          service.drain(old);
          service.push();
        });
    simulation.at(
        seconds + 8,
        () -> {
          service.remove(old);
          service.push();
          old.kill();
        });
  }

  /** Fifty callers in one process; a killed instance was restarted and its JVM is still cold. */
  @Test
  void coldNewcomerHasItsShareWithinTwoSeconds() {
    Simulation simulation = new Simulation(6);
    Service service = new Service(simulation);
    for (int i = 0; i < 2; i++) {
      service.start(logNormal(2, 0.3), 16);
    }
    MeshCaller process = new MeshCaller(simulation, service, 1);
    Load load = new Load(simulation, Collections.nCopies(50, process)).closed();
    simulation.runUntil(20);
    int[] served = {0};
    Server cold = service.start(random -> (long) ((2 + 200.0 / ++served[0]) * 1e6), 16);
    service.push();
    simulation.runUntil(22);
    load.mark();
    long before = cold.attempts;
    simulation.runUntil(24);
    Figure.atLeast(
        "cold newcomer: share after 2 s, of its fair",
        3.0 * (cold.attempts - before) / load.requests,
        0.8,
        "x");
  }

  private static double worstSecondsP99(Simulation simulation, Load load, int from, int to) {
    double worst = 0;
    long failures = load.failures;
    for (int second = from; second < to; second += 5) {
      simulation.runUntil(second + 5);
      failures += load.failures;
      Histogram micros = load.mark();
      worst = Math.max(worst, micros.getValueAtPercentile(99) / 1000.0);
    }
    load.failures = failures;
    return worst;
  }

  private static Service healthy(Simulation simulation, int servers) {
    Service service = new Service(simulation);
    for (int i = 0; i < servers; i++) {
      service.start(logNormal(10, 0.3), 16);
    }
    return service;
  }

  private static Load mesh(Simulation simulation, Service service, int callers) {
    List<MeshCaller> list = new ArrayList<>();
    for (int i = 0; i < callers; i++) {
      list.add(new MeshCaller(simulation, service, 100 + i));
    }
    return new Load(simulation, list);
  }
}
