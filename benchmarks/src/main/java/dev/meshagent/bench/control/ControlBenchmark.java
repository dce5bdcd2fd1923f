package dev.meshagent.bench.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.meshagent.testbed.Artifacts;
import dev.meshagent.testbed.ControllerClient;
import dev.meshagent.testbed.LocalMesh;
import dev.meshagent.testbed.Polling;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * {@code ./mesh bench control}: {@value #AGENTS} simulated control streams at one controller, whose
 * heap is at most 128 MB. Each subscribes to one service that all call, and to one that {@value
 * #GROUP} of them make and call. Measured are a change that concerns all, a change that concerns
 * {@value #GROUP}, and what the controller costs when nothing happens.
 *
 * <p>Exits with 0 if every limit is kept, 1 if one is not.
 */
public final class ControlBenchmark {
  private static final int AGENTS = 2_000;
  private static final int GROUP = 10;
  private static final int ROUNDS = 10;
  private static final int CONNECTING_AT_ONCE = 50;
  private static final long RENEW_SECONDS = 5;
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final int IDLE_SECONDS = 20;

  private static final double ALL_LIMIT_MS = 2_000;
  private static final double IDLE_LIMIT_PERCENT = 2;

  private final HttpClient http = HttpClient.newHttpClient();
  private final ControllerClient controller;
  private final List<SimulatedAgent> agents = new ArrayList<>();

  /** When each snapshot with a policy came, and of which service. */
  private final ConcurrentLinkedQueue<Arrival> arrivals = new ConcurrentLinkedQueue<>();

  private boolean limitsKept = true;

  private record Arrival(String service, long nanos) {}

  private ControlBenchmark(ControllerClient controller) {
    this.controller = controller;
  }

  public static void main(String[] args) throws Exception {
    boolean kept;
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    try (LocalMesh mesh = LocalMesh.create(Artifacts.ofSystemProperty())) {
      ControlBenchmark benchmark = new ControlBenchmark(mesh.startController());
      benchmark.run(timer, mesh.controllerPid());
      kept = benchmark.limitsKept;
      if (kept) {
        mesh.discardLogs();
      }
    } finally {
      timer.shutdownNow();
    }
    System.exit(kept ? 0 : 1);
  }

  private void run(ScheduledExecutorService timer, long controllerPid) throws Exception {
    System.out.printf(
        "Java %s, %d cores, %d simulated agents, controller with -Xmx128m%n",
        System.getProperty("java.version"), Runtime.getRuntime().availableProcessors(), AGENTS);
    timer.scheduleAtFixedRate(
        () -> List.copyOf(agents).forEach(SimulatedAgent::renew),
        RENEW_SECONDS,
        RENEW_SECONDS,
        TimeUnit.SECONDS);
    long began = System.nanoTime();
    connect();
    System.out.printf("all connected and told everything after %.1f s%n", seconds(began));

    changeOfAll();
    changeOfSome();
    idle(controllerPid);
    agents.forEach(SimulatedAgent::close);
  }

  private void connect() throws InterruptedException {
    Semaphore places = new Semaphore(CONNECTING_AT_ONCE);
    for (int i = 0; i < AGENTS; i++) {
      String own = "group-" + i / GROUP;
      SimulatedAgent agent =
          new SimulatedAgent(i, own, List.of("default/group-0", "default/" + own), this::arrived);
      places.acquire();
      agent.connect(http, controller.uri()).whenComplete((socket, failure) -> places.release());
      agents.add(agent);
    }
    Polling.until(() -> settled(), PATIENCE, () -> "not all agents are told everything");
  }

  private boolean settled() {
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

  private void arrived(String service, String frame) {
    if (frame.startsWith("{\"type\":\"service\"")) {
      arrivals.add(new Arrival(service, System.nanoTime()));
    }
  }

  /** The service of the first group is the one that everybody calls. */
  private void changeOfAll() throws IOException, InterruptedException {
    List<Double> acked = new ArrayList<>();
    List<Double> arrived = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      arrivals.clear();
      long began = System.nanoTime();
      int concerned = apply("group-0", 1_000 + round);
      acked.add(seconds(began) * 1_000);
      arrivals.forEach(each -> arrived.add((each.nanos - began) / 1e6));
      check(concerned == AGENTS, concerned + " agents concerned, not " + AGENTS);
      check(arrivals.size() == AGENTS, arrivals.size() + " snapshots sent, not " + AGENTS);
    }
    report("a change that concerns all, until the last has acked", acked);
    report("  until each has it", arrived);
    double worst = acked.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    check(worst <= ALL_LIMIT_MS, "the slowest took more than " + ALL_LIMIT_MS + " ms");
  }

  private void changeOfSome() throws IOException, InterruptedException {
    List<Double> acked = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      arrivals.clear();
      String service = "group-" + (round + 1);
      long began = System.nanoTime();
      int concerned = apply(service, 1_000);
      acked.add(seconds(began) * 1_000);
      check(concerned == GROUP, concerned + " agents concerned, not " + GROUP);
      check(
          arrivals.size() == GROUP
              && arrivals.stream().allMatch(each -> each.service.equals("default/" + service)),
          arrivals.size() + " snapshots sent, not " + GROUP);
    }
    report("a change that concerns " + GROUP + ", until the last has acked", acked);
  }

  /** Applies a policy and waits for the agents; returns how many it concerned. */
  private int apply(String service, int timeoutMillis) throws IOException, InterruptedException {
    String policy =
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: %1$s}
        spec:
          hosts: [%1$s]
          http: [{timeout: %2$dms, route: [{destination: {host: %1$s}}]}]
        """
            .formatted(service, timeoutMillis);
    URI uri = controller.uri().resolve("/mesh/v1/apply");
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/yaml")
                .POST(HttpRequest.BodyPublishers.ofString(policy))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException("apply answered " + response.statusCode() + ": " + response.body());
    }
    String version = new ObjectMapper().readTree(response.body()).path("version").asText();
    JsonNode progress = controller.get("/mesh/v1/convergence?wait=9s&version=" + version);
    check(progress.path("converged").asBoolean(), "not converged: " + progress);
    return progress.at("/agents/concerned").asInt();
  }

  private void idle(long controllerPid) {
    Duration before = cpu(controllerPid);
    long began = System.nanoTime();
    Polling.sleepUntil(began + TimeUnit.SECONDS.toNanos(IDLE_SECONDS));
    double percent =
        cpu(controllerPid).minus(before).toNanos() * 100.0 / (System.nanoTime() - began);
    System.out.printf("idle for %d s: %.1f %% of a core%n", IDLE_SECONDS, percent);
    check(percent <= IDLE_LIMIT_PERCENT, "more than " + IDLE_LIMIT_PERCENT + " % of a core");
  }

  private static Duration cpu(long pid) {
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().totalCpuDuration())
        .orElseThrow(() -> new IllegalStateException("the controller is gone"));
  }

  private static void report(String what, List<Double> millis) {
    double[] sorted = millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    System.out.printf(
        "%s: median %.0f ms, p99 %.0f ms, worst %.0f ms (%d samples)%n",
        what,
        sorted[sorted.length / 2],
        sorted[Math.min(sorted.length - 1, sorted.length * 99 / 100)],
        sorted[sorted.length - 1],
        sorted.length);
  }

  private void check(boolean kept, String otherwise) {
    if (!kept) {
      limitsKept = false;
      System.out.println("  NOT KEPT: " + otherwise);
    }
  }

  private static double seconds(long began) {
    return (System.nanoTime() - began) / 1e9;
  }
}
