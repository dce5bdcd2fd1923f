package dev.meshagent.bench.system;

import dev.meshagent.testbed.Artifacts;
import dev.meshagent.testbed.ChildProcess;
import dev.meshagent.testbed.ControllerClient;
import dev.meshagent.testbed.JavaCommand;
import dev.meshagent.testbed.LocalMesh;
import dev.meshagent.testbed.Shop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * {@code ./mesh bench startup}: what the agent adds to the start of a JVM. Each figure is the
 * median of {@value #ROUNDS} runs; the variants take turns.
 *
 * <p>Exits with 0 if every limit is kept, 1 if one is not.
 */
public final class StartupBenchmark {
  private static final int ROUNDS = 11;
  private static final Duration RUN_WITHIN = Duration.ofSeconds(60);
  private static final Pattern RESPONSE = Pattern.compile("^response 200$");
  private static final Pattern HEAP = Pattern.compile("^heap (\\d+)$");
  private static final String FIXTURES = "dev.meshagent.fixtures.";

  private static final double HELLO_LIMIT_MS = 40;
  private static final double HEAP_LIMIT_MB = 6;
  private static final double FIRST_RESPONSE_LIMIT_MS = 700;

  private final LocalMesh mesh;
  private final Path doNothing;
  private final int port;
  private int runs;
  private boolean limitsKept = true;

  private StartupBenchmark(LocalMesh mesh, int port) throws IOException {
    this.mesh = mesh;
    this.port = port;
    this.doNothing = DoNothingAgent.writeJar(mesh.directory());
  }

  public static void main(String[] args) throws IOException {
    boolean limitsKept;
    try (LocalMesh mesh = LocalMesh.create(Artifacts.ofSystemProperty())) {
      ControllerClient controller = mesh.startController();
      Shop shop = Shop.small(mesh);
      Shop.Instance server = shop.start("inventory", 1).get(0);
      shop.awaitReady(controller, "inventory", 1);
      StartupBenchmark benchmark = new StartupBenchmark(mesh, server.port());
      benchmark.run();
      limitsKept = benchmark.limitsKept;
      mesh.discardLogs();
    }
    System.exit(limitsKept ? 0 : 1);
  }

  private void run() throws IOException {
    int cores = Runtime.getRuntime().availableProcessors();
    System.out.printf(
        "Java %s, %d cores, median of %d runs each (least to most), by turns%n",
        System.getProperty("java.version"), cores, ROUNDS);
    System.out.println();
    helloWorld(cores + " cores", List.of(), HELLO_LIMIT_MS);
    helloWorld("one core", Cores.one(), Double.NaN);
    heap();
    firstResponse(cores + " cores", List.of(), FIRST_RESPONSE_LIMIT_MS);
    firstResponse("one core", Cores.one(), Double.NaN);
  }

  private void helloWorld(String cores, List<String> prefix, double limit) throws IOException {
    Map<String, Median> results = variants("no agent", "do-nothing agent", "mesh-agent");
    for (int round = 0; round <= ROUNDS; round++) {
      for (Map.Entry<String, Median> variant : results.entrySet()) {
        JavaCommand command =
            java(variant.getKey()).main(mesh.artifacts().fixtures(), FIXTURES + "HelloWorld");
        long began = System.nanoTime();
        run(prefix, command);
        // The first round only warms the disk's cache.
        if (round > 0) {
          variant.getValue().add(millisSince(began));
        }
      }
    }
    report("hello world, from start to exit, " + cores, "ms", results, "do-nothing agent", limit);
  }

  private void heap() throws IOException {
    Map<String, Median> results = variants("no agent", "do-nothing agent", "mesh-agent");
    for (int round = 0; round < 3; round++) {
      for (Map.Entry<String, Median> variant : results.entrySet()) {
        ChildProcess process =
            run(
                List.of(),
                java(variant.getKey())
                    .main(mesh.artifacts().fixtures(), FIXTURES + "HeapAfterGc", "3"));
        variant.getValue().add(heapMegabytes(process));
      }
    }
    report("heap after GC, no call made", "MB", results, "do-nothing agent", HEAP_LIMIT_MB);
  }

  private void firstResponse(String cores, List<String> prefix, double limit) throws IOException {
    Map<String, Median> times = variants("no agent", "mesh-agent", "mesh-agent, cached");
    Map<String, Median> heaps = variants("no agent", "mesh-agent");
    for (int round = 0; round <= ROUNDS; round++) {
      for (Map.Entry<String, Median> variant : times.entrySet()) {
        boolean agent = !variant.getKey().equals("no agent");
        String url = agent ? "http://inventory/stock/x" : "http://127.0.0.1:" + port + "/stock/x";
        JavaCommand command =
            java(variant.getKey())
                .main(mesh.artifacts().fixtures(), FIXTURES + "FirstResponse", url);
        long began = System.nanoTime();
        ChildProcess process = start(prefix, command);
        process.awaitLine(RESPONSE, RUN_WITHIN);
        double millis = millisSince(began);
        finish(process);
        if (round > 0) {
          variant.getValue().add(millis);
          if (heaps.containsKey(variant.getKey())) {
            heaps.get(variant.getKey()).add(heapMegabytes(process));
          }
        }
      }
    }
    report("JVM start to first response, " + cores, "ms", times, "no agent", limit);
    report("heap after GC and one call, " + cores, "MB", heaps, "no agent", Double.NaN);
  }

  private static Map<String, Median> variants(String... names) {
    Map<String, Median> variants = new LinkedHashMap<>();
    for (String name : names) {
      variants.put(name, new Median());
    }
    return variants;
  }

  private JavaCommand java(String variant) throws IOException {
    JavaCommand java = JavaCommand.ofThisJdk();
    switch (variant) {
      case "do-nothing agent":
        return java.option("-javaagent:" + doNothing);
      case "mesh-agent":
        // A cache of its own each time: what the very first start on a machine is like.
        return java.option(mesh.agent("bench"))
            .option("-Dmesh.cache.dir=" + Files.createTempDirectory(mesh.directory(), "cache"));
      case "mesh-agent, cached":
        return java.option(mesh.agent("bench"));
      default:
        return java;
    }
  }

  private ChildProcess run(List<String> prefix, JavaCommand command) {
    ChildProcess process = start(prefix, command);
    finish(process);
    return process;
  }

  private ChildProcess start(List<String> prefix, JavaCommand command) {
    List<String> words = new ArrayList<>(prefix);
    words.addAll(command.words());
    return mesh.start("run-" + ++runs, words);
  }

  private static void finish(ChildProcess process) {
    int exitCode = process.awaitExit(RUN_WITHIN);
    if (exitCode != 0) {
      throw new IllegalStateException(
          process.name() + " ended with " + exitCode + ":\n" + String.join("\n", process.lines()));
    }
  }

  private static double heapMegabytes(ChildProcess process) {
    return Long.parseLong(process.awaitLine(HEAP, RUN_WITHIN).group(1)) / 1048576.0;
  }

  private static double millisSince(long nanoTime) {
    return (System.nanoTime() - nanoTime) / (double) TimeUnit.MILLISECONDS.toNanos(1);
  }

  /**
   * @param base the variant that the others are compared with
   * @param limit of what the mesh-agent may add to it; NaN: there is none
   */
  private void report(
      String what, String unit, Map<String, Median> results, String base, double limit) {
    System.out.println(what + ", " + unit);
    double baseValue = results.get(base).value();
    results.forEach(
        (name, median) -> {
          StringBuilder line = new StringBuilder();
          line.append(
              String.format(
                  Locale.ROOT,
                  "  %-20s %8.1f  (%.1f to %.1f)",
                  name,
                  median.value(),
                  median.least(),
                  median.most()));
          if (name.startsWith("mesh-agent")) {
            double added = median.value() - baseValue;
            line.append(String.format(Locale.ROOT, "  %+.1f over %s", added, base));
            if (!Double.isNaN(limit)) {
              boolean kept = added <= limit;
              limitsKept &= kept;
              line.append(
                  String.format(
                      Locale.ROOT, ", limit %.0f: %s", limit, kept ? "kept" : "EXCEEDED"));
            }
          }
          System.out.println(line);
        });
    System.out.println();
  }
}
