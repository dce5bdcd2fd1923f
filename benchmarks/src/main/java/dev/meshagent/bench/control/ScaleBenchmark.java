package dev.meshagent.bench.control;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meshagent.testbed.ControllerClient;
import dev.meshagent.testbed.LocalMesh;
import dev.meshagent.testbed.Polling;
import dev.meshagent.testbed.streams.ControlStreams;
import dev.meshagent.testbed.streams.Greeting;
import dev.meshagent.testbed.streams.SimulatedAgent;
import dev.meshagent.testbed.streams.Told;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * {@value #AGENTS} simulated control streams at one controller, whose heap is at most 128 MB. Each
 * subscribes to one service that all call, and to one that {@value #GROUP} of them make and call.
 * Measured are a change that concerns all, a change that concerns {@value #GROUP}, and what the
 * controller costs when nothing happens.
 */
final class ScaleBenchmark {
  private static final int AGENTS = 2_000;
  private static final int GROUP = 10;
  private static final int ROUNDS = 10;
  private static final int CONNECTING_AT_ONCE = 50;
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  /** Until the code that runs when nothing happens has been compiled for good. */
  private static final int SETTLE_SECONDS = 30;

  private static final int IDLE_SECONDS = 20;

  private static final double ALL_LIMIT_MS = 2_000;
  private static final double IDLE_LIMIT_PERCENT = 2;

  private final LocalMesh mesh;
  private final Figures figures;

  /** When each whole snapshot came, and of which service. */
  private final ConcurrentLinkedQueue<Arrival> arrivals = new ConcurrentLinkedQueue<>();

  private record Arrival(String service, long nanos) {}

  ScaleBenchmark(LocalMesh mesh, Figures figures) {
    this.mesh = mesh;
    this.figures = figures;
  }

  void run() throws Exception {
    figures.say("%d simulated agents, controller with -Xmx128m", AGENTS);
    ControllerClient controller = mesh.startController();
    Policy policy = new Policy(controller);
    try (ControlStreams streams = new ControlStreams(controller.uri())) {
      long began = System.nanoTime();
      connect(streams, controller);
      figures.say("all connected and told everything after %.1f s", millis(began) / 1e3);
      changeOfAll(policy);
      changeOfSome(policy);
      idle(mesh.controllerPid());
    }
  }

  private void connect(ControlStreams streams, ControllerClient controller)
      throws InterruptedException {
    Semaphore places = new Semaphore(CONNECTING_AT_ONCE);
    for (int i = 0; i < AGENTS; i++) {
      String own = "group-" + i / GROUP;
      places.acquire();
      streams
          .open(
              new Greeting(i, own, 1024 + i % 60_000, List.of("default/group-0", "default/" + own)),
              this::told)
          .ready()
          .whenComplete((agent, failure) -> places.release());
    }
    Polling.until(() -> settled(controller), PATIENCE, () -> "not all agents are told everything");
  }

  private static boolean settled(ControllerClient controller) {
    JsonNode all = controller.get("/mesh/v1/agents").path("agents");
    int told = 0;
    for (JsonNode agent : all) {
      boolean current = !agent.path("subscriptions").isEmpty();
      for (JsonNode subscription : agent.path("subscriptions")) {
        current &= subscription.path("ackedSeq").asLong() == subscription.path("seq").asLong();
      }
      told += current ? 1 : 0;
    }
    return told == AGENTS;
  }

  private void told(SimulatedAgent agent, Told told) {
    if (told.whole()) {
      arrivals.add(new Arrival(told.service(), System.nanoTime()));
    }
  }

  /** The service of the first group is the one that everybody calls. */
  private void changeOfAll(Policy policy) throws IOException, InterruptedException {
    List<Double> acked = new ArrayList<>();
    List<Double> arrived = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      arrivals.clear();
      long began = System.nanoTime();
      int concerned = change(policy, "group-0", 1_000 + round);
      acked.add(millis(began));
      arrivals.forEach(each -> arrived.add((each.nanos - began) / 1e6));
      figures.check(concerned == AGENTS, concerned + " agents concerned, not " + AGENTS);
      figures.check(arrivals.size() == AGENTS, arrivals.size() + " snapshots sent, not " + AGENTS);
    }
    figures.millis("a change that concerns all, until the last has acked", acked);
    figures.millis("  until each has it", arrived);
    figures.check(
        Figures.percentile(acked, 100) <= ALL_LIMIT_MS,
        "the slowest took more than " + ALL_LIMIT_MS + " ms");
  }

  private void changeOfSome(Policy policy) throws IOException, InterruptedException {
    List<Double> acked = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      arrivals.clear();
      String service = "group-" + (round + 1);
      long began = System.nanoTime();
      int concerned = change(policy, service, 1_000);
      acked.add(millis(began));
      figures.check(concerned == GROUP, concerned + " agents concerned, not " + GROUP);
      figures.check(
          arrivals.size() == GROUP
              && arrivals.stream().allMatch(each -> each.service.equals("default/" + service)),
          arrivals.size() + " snapshots sent, not " + GROUP);
    }
    figures.millis("a change that concerns " + GROUP + ", until the last has acked", acked);
  }

  /** Applies a policy and waits for the agents; returns how many it concerned. */
  private int change(Policy policy, String service, int timeoutMillis)
      throws IOException, InterruptedException {
    String version =
        policy.apply(
            """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: %1$s}
            spec:
              hosts: [%1$s]
              http: [{timeout: %2$dms, route: [{destination: {host: %1$s}}]}]
            """
                .formatted(service, timeoutMillis));
    JsonNode progress = policy.awaitConvergence(version);
    figures.check(progress.path("converged").asBoolean(), "not converged: " + progress);
    return progress.at("/agents/concerned").asInt();
  }

  private void idle(long controllerPid) {
    Polling.sleepUntil(System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_SECONDS));
    Duration before = Cpu.of(controllerPid);
    long began = System.nanoTime();
    Polling.sleepUntil(began + TimeUnit.SECONDS.toNanos(IDLE_SECONDS));
    double percent =
        Cpu.of(controllerPid).minus(before).toNanos() * 100.0 / (System.nanoTime() - began);
    figures.say(
        "idle for %d s, %d s after the last change: %.1f %% of a core",
        IDLE_SECONDS, SETTLE_SECONDS, percent);
    figures.check(
        percent <= IDLE_LIMIT_PERCENT, "more than " + IDLE_LIMIT_PERCENT + " % of a core");
  }

  private static double millis(long began) {
    return (System.nanoTime() - began) / 1e6;
  }
}
