package dev.meshagent.bench.control;

import dev.meshagent.testbed.ControllerClient;
import dev.meshagent.testbed.LocalMesh;
import dev.meshagent.testbed.Polling;
import dev.meshagent.testbed.streams.ControlStreams;
import dev.meshagent.testbed.streams.Fleet;
import dev.meshagent.testbed.streams.SimulatedAgent;
import dev.meshagent.testbed.streams.Told;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * {@value #WORKLOADS} simulated workloads of {@value #SERVICES} services, each of which calls
 * {@value #CALLED} others, while {@value #PER_SECOND} of them join and as many leave every second
 * for {@value #SECONDS} s. Each joins over a connection of its own, and leaves as an agent does: it
 * announces its exit and goes when the controller says that everybody knows. Measured is how long
 * after the last every view is right.
 */
final class ChurnBenchmark {
  private static final int WORKLOADS = 1_000;
  private static final int SERVICES = 20;
  private static final int CALLED = 2;
  private static final int PER_SECOND = 50;
  private static final int SECONDS = 60;
  private static final long SEED = 20_261_123;
  private static final double LIMIT_MS = 500;
  private static final int CONNECTING_AT_ONCE = 50;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long MOST_MICROS = TimeUnit.MINUTES.toMicros(1);

  private final LocalMesh mesh;
  private final Figures figures;
  private final Map<String, Long> joinedNanos = new ConcurrentHashMap<>();

  /** From a join until one caller knows, in microseconds; belongs to the streams' thread. */
  private final Histogram joins = new Histogram(MOST_MICROS, 3);

  ChurnBenchmark(LocalMesh mesh, Figures figures) {
    this.mesh = mesh;
    this.figures = figures;
  }

  void run() throws Exception {
    figures.say(
        "%d simulated workloads of %d services, each calls %d others; %d join and %d leave a second"
            + " for %d s; controller with -Xmx128m",
        WORKLOADS, SERVICES, CALLED, PER_SECOND, PER_SECOND, SECONDS);
    ControllerClient controller = mesh.startController();
    try (ControlStreams streams = new ControlStreams(controller.uri())) {
      Fleet fleet = new Fleet(streams, SERVICES, CALLED, SEED, this::told);
      fill(fleet);
      Duration before = Cpu.of(mesh.controllerPid());
      long began = System.nanoTime();
      List<CompletableFuture<Void>> leaving = churn(fleet, began);
      long announced = System.nanoTime();
      CompletableFuture.allOf(leaving.toArray(CompletableFuture[]::new)).get();
      long last = System.nanoTime();
      figures.say(
          "processor time of the controller: %.0f %% of a core",
          Cpu.of(mesh.controllerPid()).minus(before).toNanos() * 100.0 / (last - began));
      Polling.until(() -> right(fleet), PATIENCE, () -> "not every view is right");
      double millis = Math.max(0, fleet.lastToldNanos() - last) / 1e6;
      figures.say(
          "every view right %.0f ms after the last was gone, %.0f ms after it announced that",
          millis, (fleet.lastToldNanos() - announced) / 1e6);
      figures.check(millis <= LIMIT_MS, "more than " + LIMIT_MS + " ms after the last");
      figures.say(
          "a join, until a caller knows: median %.0f ms, p99 %.0f ms, worst %.0f ms (%d samples)",
          joins.getValueAtPercentile(50) / 1e3,
          joins.getValueAtPercentile(99) / 1e3,
          joins.getMaxValue() / 1e3,
          joins.getTotalCount());
    }
  }

  private void fill(Fleet fleet) throws InterruptedException {
    Semaphore places = new Semaphore(CONNECTING_AT_ONCE);
    for (int i = 0; i < WORKLOADS; i++) {
      places.acquire();
      fleet.join().whenComplete((agent, failure) -> places.release());
    }
    Polling.until(() -> right(fleet), PATIENCE, () -> "not every view is right at first");
  }

  private List<CompletableFuture<Void>> churn(Fleet fleet, long began) {
    List<CompletableFuture<Void>> leaving = new ArrayList<>();
    for (int i = 0; i < SECONDS * PER_SECOND; i++) {
      Polling.sleepUntil(began + i * TimeUnit.SECONDS.toNanos(1) / PER_SECOND);
      joinedNanos.put(fleet.next(), System.nanoTime());
      fleet.join();
      leaving.add(fleet.leave());
    }
    return leaving;
  }

  private static boolean right(Fleet fleet) {
    try {
      return fleet.wrong().isEmpty();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Only deltas: who has just come and is told all has waited for nobody. */
  private void told(SimulatedAgent agent, Told told) {
    if (told.whole()) {
      return;
    }
    long now = System.nanoTime();
    for (String uid : told.upserted()) {
      Long since = joinedNanos.get(uid);
      if (since != null && !agent.view(told.service()).contains(uid)) {
        joins.recordValue(Math.min(MOST_MICROS, TimeUnit.NANOSECONDS.toMicros(now - since)));
      }
    }
  }
}
