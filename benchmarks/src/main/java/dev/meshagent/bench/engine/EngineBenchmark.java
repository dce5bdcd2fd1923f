package dev.meshagent.bench.engine;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs all benchmarks of the engine, and prints each figure with its bound. */
public final class EngineBenchmark {
  private static final String USAGE =
      """
      usage: mesh bench engine [--seconds N] [--forks N]

        --seconds N   of measurement per benchmark and fork, default 5; as much again to warm up
        --forks N     JVMs per benchmark, default 2
      """;

  private int seconds = 5;
  private int forks = 2;
  private boolean missed;

  private EngineBenchmark() {}

  /**
   * What one benchmark came to: the median of its batches in the quietest of its iterations. What
   * else runs on the machine, on the other thread of the same core above all, only adds.
   */
  private record Figure(double perOperation, double bytes) {}

  public static void main(String[] args) throws RunnerException {
    EngineBenchmark benchmark = new EngineBenchmark();
    if (!benchmark.understands(args)) {
      System.err.print(USAGE);
      System.exit(2);
    }
    benchmark.run();
    System.exit(benchmark.missed ? 1 : 0);
  }

  private boolean understands(String[] args) {
    for (int i = 0; i < args.length; i += 2) {
      if (i + 1 == args.length || !args[i + 1].matches("[1-9][0-9]{0,3}")) {
        return false;
      }
      switch (args[i]) {
        case "--seconds" -> seconds = Integer.parseInt(args[i + 1]);
        case "--forks" -> forks = Integer.parseInt(args[i + 1]);
        default -> {
          return false;
        }
      }
    }
    return true;
  }

  private void run() throws RunnerException {
    Map<String, Figure> one = measure(CallCost.class, 1);
    double baseline = one.get("baseline").perOperation;
    double call = one.get("call").perOperation;
    note("baseline: two nanoTime and one ConcurrentHashMap.get", baseline, "ns");
    note("one call, 100 routes, 1,000 endpoints", call, "ns");
    atMost("one call against the baseline", call / baseline, 6, "x");
    atMost("allocated per call", one.get("call").bytes, 200, "B");
    Map<String, Figure> eight = measure(CallCost.class, 8);
    note(
        "8 threads: the baseline against one thread",
        eight.get("baseline").perOperation / baseline,
        "x");
    atMost(
        "8 threads: one call against one thread", eight.get("call").perOperation / call, 1.5, "x");
    Map<String, Figure> picks = measure(PickCost.class, 1);
    for (String name : picks.keySet()) {
      if (name.endsWith(" 10")) {
        double small = picks.get(name).perOperation;
        double large = picks.get(name + "000").perOperation;
        note(name + " endpoints", small, "ns");
        atMost(name + ",000 endpoints against 10", large / small, 1.5, "x");
      }
    }
    atMost(
        "snapshot of 10,000 endpoints taken in",
        measure(SwapCost.class, 1).get("swap").perOperation,
        50,
        "ms");
  }

  private Map<String, Figure> measure(Class<?> benchmarks, int threads) throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("\\." + benchmarks.getSimpleName() + "\\.")
            .threads(threads)
            .forks(forks)
            .warmupIterations(seconds)
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(4 * seconds)
            .measurementTime(TimeValue.milliseconds(250))
            .jvmArgsAppend("-Xms1g", "-Xmx1g")
            .addProfiler(GCProfiler.class)
            .verbosity(VerboseMode.SILENT);
    Collection<RunResult> results = new Runner(options.build()).run();
    Map<String, Figure> figures = new LinkedHashMap<>();
    for (RunResult result : results) {
      figures.put(name(result.getParams()), figure(result));
    }
    return figures;
  }

  /** The method, or the values of the parameters where there are some. */
  private static String name(BenchmarkParams params) {
    if (params.getParamsKeys().isEmpty()) {
      return params.getBenchmark().substring(params.getBenchmark().lastIndexOf('.') + 1);
    }
    return params.getParam("algorithm") + " " + params.getParam("endpoints");
  }

  private static Figure figure(RunResult result) {
    double bytes = 0;
    for (Map.Entry<String, ? extends Result<?>> each : secondary(result).entrySet()) {
      if (each.getKey().endsWith("gc.alloc.rate.norm")) {
        bytes = each.getValue().getScore();
      }
    }
    double quietest = Double.MAX_VALUE;
    for (BenchmarkResult fork : result.getBenchmarkResults()) {
      for (IterationResult iteration : fork.getIterationResults()) {
        quietest =
            Math.min(quietest, iteration.getPrimaryResult().getStatistics().getPercentile(50));
      }
    }
    return new Figure(quietest, bytes);
  }

  // JMH hands out its results as raw types.
  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Map<String, ? extends Result<?>> secondary(RunResult result) {
    return (Map) result.getSecondaryResults();
  }

  private static void note(String name, double figure, String unit) {
    System.out.printf(Locale.ROOT, "%-60s %12.2f %s%n", name, figure, unit);
  }

  private void atMost(String name, double figure, double bound, String unit) {
    judge(name, figure, "at most", bound, unit, figure <= bound);
  }

  private void atLeast(String name, double figure, double bound, String unit) {
    judge(name, figure, "at least", bound, unit, figure >= bound);
  }

  private void judge(
      String name, double figure, String relation, double bound, String unit, boolean kept) {
    missed |= !kept;
    System.out.printf(
        Locale.ROOT,
        "%-60s %12.2f %-3s %s %.2f%s%n",
        name,
        figure,
        unit,
        relation,
        bound,
        kept ? "" : "  MISSED");
  }
}
