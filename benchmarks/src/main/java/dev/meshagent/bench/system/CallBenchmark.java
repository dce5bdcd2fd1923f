package dev.meshagent.bench.system;

import dev.meshagent.testbed.Artifacts;
import dev.meshagent.testbed.ControllerClient;
import dev.meshagent.testbed.JavaCommand;
import dev.meshagent.testbed.LocalMesh;
import dev.meshagent.testbed.Shop;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code ./mesh bench call}: what the agent takes from the throughput of a closed loop of calls to
 * one server on the loopback, with one thread and with eight. Each of {@value #ROUNDS} rounds has a
 * new JVM without the agent and a new one with it, which call by turns in short slices, so that a
 * machine that is busy for a while wrongs neither; the median of the rounds' ratios counts.
 *
 * <p>Exits with 0 if the limit is kept, 1 if it is not.
 */
public final class CallBenchmark {
  private static final int ROUNDS = 5;
  private static final int[] THREADS = {1, 8};
  private static final int WARM_UP_THREADS = 8;
  private static final long WARM_UP_MILLIS = 10_000;
  private static final long SETTLE_MILLIS = 2_000;
  private static final long SLICE_MILLIS = 500;

  /** Two slices each, in an order that favours neither. */
  private static final int SLICE_QUARTETS = 4;

  private static final double LIMIT = 0.95;

  private final LocalMesh mesh;
  private final int port;
  private final Map<Integer, Median> ratios = new TreeMap<>();
  private int callers;

  private CallBenchmark(LocalMesh mesh, int port) {
    this.mesh = mesh;
    this.port = port;
  }

  public static void main(String[] args) {
    boolean kept;
    try (LocalMesh mesh = LocalMesh.create(Artifacts.ofSystemProperty())) {
      ControllerClient controller = mesh.startController();
      Shop shop = Shop.small(mesh);
      Shop.Instance server = shop.start("inventory", 1).get(0);
      shop.awaitReady(controller, "inventory", 1);
      kept = new CallBenchmark(mesh, server.port()).run();
      mesh.discardLogs();
    }
    System.exit(kept ? 0 : 1);
  }

  private boolean run() {
    System.out.printf(
        "Java %s, %d cores; calls per second in a closed loop, and processor time of the caller%n%n",
        System.getProperty("java.version"), Runtime.getRuntime().availableProcessors());
    System.out.printf(
        "%5s %8s %12s %12s %7s %14s %14s%n",
        "round", "threads", "no agent", "mesh-agent", "ratio", "CPU, no agent", "CPU, agent");
    for (int round = 1; round <= ROUNDS; round++) {
      Caller without = start("http://127.0.0.1:" + port + "/stock/x");
      Caller with = start("http://inventory/stock/x", mesh.agent("bench"));
      // Some hundred thousand calls: before that the compilers take a share, which is the start's.
      without.call(WARM_UP_THREADS, WARM_UP_MILLIS);
      with.call(WARM_UP_THREADS, WARM_UP_MILLIS);
      for (int threads : THREADS) {
        compare(round, threads, without, with);
      }
      without.end();
      with.end();
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

  private Caller start(String url, String... options) {
    return new Caller(
        mesh.start(
            "caller-" + ++callers,
            JavaCommand.ofThisJdk()
                .option(options)
                .main(mesh.artifacts().fixtures(), "dev.meshagent.fixtures.ClosedLoop", url)));
  }

  private void compare(int round, int threads, Caller without, Caller with) {
    without.call(threads, SETTLE_MILLIS);
    with.call(threads, SETTLE_MILLIS);
    Caller.Sum plain = Caller.Sum.NOTHING;
    Caller.Sum meshed = Caller.Sum.NOTHING;
    for (int quartet = 0; quartet < SLICE_QUARTETS; quartet++) {
      plain = plain.plus(without.call(threads, SLICE_MILLIS));
      meshed = meshed.plus(with.call(threads, SLICE_MILLIS));
      meshed = meshed.plus(with.call(threads, SLICE_MILLIS));
      plain = plain.plus(without.call(threads, SLICE_MILLIS));
    }
    double ratio = meshed.perSecond() / plain.perSecond();
    ratios.computeIfAbsent(threads, any -> new Median()).add(ratio);
    System.out.printf(
        Locale.ROOT,
        "%5d %8d %12.0f %12.0f %7.3f %11.0f us %11.0f us%n",
        round,
        threads,
        plain.perSecond(),
        meshed.perSecond(),
        ratio,
        plain.cpuMicrosPerCall(),
        meshed.cpuMicrosPerCall());
  }
}
