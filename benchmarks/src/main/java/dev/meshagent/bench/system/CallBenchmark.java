package dev.meshagent.bench.system;

import dev.meshagent.testbed.Artifacts;
import dev.meshagent.testbed.ChildProcess;
import dev.meshagent.testbed.ControllerClient;
import dev.meshagent.testbed.JavaCommand;
import dev.meshagent.testbed.LocalMesh;
import dev.meshagent.testbed.Shop;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * {@code ./mesh bench call}: what the agent takes from the throughput of a closed loop of calls to
 * one server on the loopback, with one thread and with eight. Each of {@value #ROUNDS} rounds runs
 * a new JVM without the agent and one with it, in turned order; the median of the rounds' ratios
 * counts.
 *
 * <p>Exits with 0 if the limit is kept, 1 if it is not.
 */
public final class CallBenchmark {
  private static final int ROUNDS = 5;
  private static final int[] THREADS = {1, 8};
  private static final String WARM_UP_SECONDS = "3";
  private static final String MEASURED_SECONDS = "3";
  private static final Duration RUN_WITHIN = Duration.ofSeconds(60);
  private static final double LIMIT = 0.95;

  private final LocalMesh mesh;
  private final int port;
  private int runs;

  private CallBenchmark(LocalMesh mesh, int port) {
    this.mesh = mesh;
    this.port = port;
  }

  public static void main(String[] args) {
    boolean kept;
    try (LocalMesh mesh = LocalMesh.create(Artifacts.ofSystemProperty())) {
      ControllerClient controller = mesh.startController();
      Shop shop = new Shop(mesh);
      Shop.Instance server = shop.start("inventory", 1).get(0);
      shop.awaitReady(controller, "inventory", 1);
      kept = new CallBenchmark(mesh, server.port()).run();
      mesh.discardLogs();
    }
    System.exit(kept ? 0 : 1);
  }

  private boolean run() {
    System.out.printf(
        "Java %s, %d cores, calls per second in a closed loop%n%n%8s %8s %12s %12s %8s%n",
        System.getProperty("java.version"),
        Runtime.getRuntime().availableProcessors(),
        "round",
        "threads",
        "no agent",
        "mesh-agent",
        "ratio");
    Map<Integer, Median> ratios = new TreeMap<>();
    for (int round = 1; round <= ROUNDS; round++) {
      boolean agentFirst = round % 2 == 0;
      Map<Integer, Long> first = rates(agentFirst);
      Map<Integer, Long> second = rates(!agentFirst);
      Map<Integer, Long> without = agentFirst ? second : first;
      Map<Integer, Long> with = agentFirst ? first : second;
      for (int threads : THREADS) {
        double ratio = (double) with.get(threads) / without.get(threads);
        ratios.computeIfAbsent(threads, any -> new Median()).add(ratio);
        System.out.printf(
            Locale.ROOT,
            "%8d %8d %12d %12d %8.3f%n",
            round,
            threads,
            without.get(threads),
            with.get(threads),
            ratio);
      }
    }
    System.out.println();
    boolean kept = true;
    for (int threads : THREADS) {
      double ratio = ratios.get(threads).value();
      kept &= ratio >= LIMIT;
      System.out.printf(
          Locale.ROOT,
          "median ratio, %d threads: %.3f, limit %.2f: %s%n",
          threads,
          ratio,
          LIMIT,
          ratio >= LIMIT ? "kept" : "MISSED");
    }
    return kept;
  }

  /** Calls per second of one new JVM, by number of threads. */
  private Map<Integer, Long> rates(boolean agent) {
    JavaCommand java = JavaCommand.ofThisJdk();
    if (agent) {
      java.option(mesh.agent("bench"));
    }
    ChildProcess process =
        mesh.start(
            "run-" + ++runs,
            java.main(
                mesh.artifacts().fixtures(),
                "dev.meshagent.fixtures.ClosedLoop",
                agent ? "http://inventory/stock/x" : "http://127.0.0.1:" + port + "/stock/x",
                WARM_UP_SECONDS,
                MEASURED_SECONDS,
                Integer.toString(THREADS[0]),
                Integer.toString(THREADS[1])));
    int exitCode = process.awaitExit(RUN_WITHIN);
    if (exitCode != 0) {
      throw new IllegalStateException(
          process.name() + " ended with " + exitCode + ":\n" + String.join("\n", process.lines()));
    }
    Map<Integer, Long> rates = new TreeMap<>();
    for (int threads : THREADS) {
      Pattern rate = Pattern.compile("^rate " + threads + " (\\d+)$");
      rates.put(threads, Long.parseLong(process.awaitLine(rate, RUN_WITHIN).group(1)));
    }
    return rates;
  }
}
