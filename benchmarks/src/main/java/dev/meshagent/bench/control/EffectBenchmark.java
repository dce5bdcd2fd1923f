package dev.meshagent.bench.control;

import dev.meshagent.testbed.ChildProcess;
import dev.meshagent.testbed.ControllerClient;
import dev.meshagent.testbed.JavaCommand;
import dev.meshagent.testbed.LocalMesh;
import dev.meshagent.testbed.Polling;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * From the moment that somebody sends a change of policy until a caller's call shows it: {@value
 * #AGENTS} JVMs under the agent, each of which calls every {@value #PAUSE_MILLIS} ms, and {@value
 * #CHANGES} changes of what a route answers. The pause between two calls is part of the figure.
 */
final class EffectBenchmark {
  private static final int AGENTS = 20;
  private static final int STARTING_AT_ONCE = 4;
  private static final int PAUSE_MILLIS = 10;

  /** Changes that are not counted: those in which everybody's code is still interpreted. */
  private static final int WARM_UP = 30;

  private static final int CHANGES = 120;
  private static final double MEDIAN_LIMIT_MS = 60;
  private static final double P99_LIMIT_MS = 250;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long SEED = 20_261_123;

  private final LocalMesh mesh;
  private final Figures figures;
  private final List<ChildProcess> callers = new ArrayList<>();

  EffectBenchmark(LocalMesh mesh, Figures figures) {
    this.mesh = mesh;
    this.figures = figures;
  }

  void run() throws Exception {
    figures.say(
        "%d agents, each in a JVM with -Xmx48m that calls every %d ms; controller with -Xmx128m",
        AGENTS, PAUSE_MILLIS);
    ControllerClient controller = mesh.startController();
    Policy policy = new Policy(controller);
    policy.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: catalog}
        spec:
          hosts: [catalog]
          location: MESH_INTERNAL
          resolution: STATIC
          ports: [{name: http, number: 80, protocol: HTTP}]
          endpoints: [{address: 127.0.0.1, ports: {http: 9}}]
        ---
        """
            + answering(0));
    start();
    Random random = new Random(SEED);
    List<Double> first = new ArrayList<>();
    List<Double> all = new ArrayList<>();
    List<Double> slowest = new ArrayList<>();
    for (int number = 1; number <= WARM_UP + CHANGES; number++) {
      List<Integer> from = callers.stream().map(caller -> caller.lines().size()).toList();
      long began = micros();
      policy.apply(answering(number));
      double answered = (micros() - began) / 1e3;
      List<Double> each = new ArrayList<>();
      for (int i = 0; i < AGENTS; i++) {
        each.add((seen(i, from.get(i), Integer.toString(number)) - began) / 1e3);
      }
      if (number > WARM_UP) {
        first.add(answered);
        all.addAll(each);
        slowest.add(each.stream().mapToDouble(Double::doubleValue).max().orElseThrow());
      }
      // The next one comes at no particular moment of the callers' pauses.
      Polling.sleepUntil(
          System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50L + random.nextInt(50)));
    }
    figures.millis("a change, until the controller has stored and answered it", first);
    figures.millis("a change, until a caller's call shows it", all);
    figures.millis("  until the last caller's does", slowest);
    figures.check(
        Figures.percentile(all, 50) <= MEDIAN_LIMIT_MS, "median over " + MEDIAN_LIMIT_MS + " ms");
    figures.check(Figures.percentile(all, 99) <= P99_LIMIT_MS, "p99 over " + P99_LIMIT_MS + " ms");
  }

  private static String answering(int number) {
    return """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: catalog}
        spec:
          hosts: [catalog]
          http: [{directResponse: {status: 200, body: {string: "%d"}}}]
        """
        .formatted(number);
  }

  private void start() {
    for (int i = 0; i < AGENTS; i++) {
      callers.add(
          mesh.start(
              "caller-" + i,
              JavaCommand.ofThisJdk()
                  .option("-Xmx48m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
                  .option(mesh.agent("callers"))
                  .main(
                      mesh.artifacts().fixtures(),
                      "dev.meshagent.fixtures.AnswerWatch",
                      "http://catalog/",
                      Integer.toString(PAUSE_MILLIS))));
      if (i >= STARTING_AT_ONCE) {
        seen(i - STARTING_AT_ONCE, 0, "0");
      }
    }
    for (int i = 0; i < AGENTS; i++) {
      seen(i, 0, "0");
    }
  }

  /** When a caller had that answer, in microseconds since the epoch. */
  private long seen(int caller, int fromLine, String answer) {
    Pattern line = Pattern.compile("^answer (\\d+) " + answer + "$");
    return Long.parseLong(callers.get(caller).awaitLine(line, fromLine, PATIENCE).group(1));
  }

  private static long micros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }
}
