package dev.meshagent.bench.call;

import dev.meshagent.bench.call.client.Library;
import dev.meshagent.testbed.Artifacts;
import dev.meshagent.testbed.ControllerClient;
import dev.meshagent.testbed.JavaCommand;
import dev.meshagent.testbed.LocalMesh;
import dev.meshagent.testbed.Shop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code ./mesh bench call}: what the agent takes from the throughput of a closed loop of calls to
 * one server on the loopback, and what it makes each call allocate, for each library with eight
 * threads and for the first also with one. Each of {@value #ROUNDS} rounds has a new JVM without
 * the agent and a new one with it, which call by turns in short slices once their compilers are
 * done, so that a machine that is busy for a while wrongs neither; the median of the ratios of
 * neighbouring slices counts.
 *
 * <p>Arguments: the libraries to measure; none for all. Exits with 0 if the limits are kept, 1 if
 * one is not, 2 if an argument is no library.
 */
public final class CallBenchmark {
  private static final int ROUNDS = 2;
  private static final int THREADS = 8;

  private static final long SLICE_MILLIS = 200;

  /** Of four slices each, in an order that favours neither. */
  private static final int QUARTETS = 24;

  private final LocalMesh mesh;
  private final Path hosts;
  private final Map<String, Integer> ports = new HashMap<>();
  private int callers;

  private CallBenchmark(LocalMesh mesh, Path hosts) {
    this.mesh = mesh;
    this.hosts = hosts;
  }

  public static void main(String[] args) throws IOException {
    List<Library> wanted = new ArrayList<>();
    for (Library library : Library.values()) {
      if (args.length == 0 || List.of(args).contains(library.toString())) {
        wanted.add(library);
      }
    }
    if (wanted.size() < args.length) {
      System.err.println("bench call: the libraries are " + Arrays.toString(Library.values()));
      System.exit(2);
    }
    boolean kept;
    try (LocalMesh mesh = LocalMesh.create(Artifacts.ofSystemProperty())) {
      ControllerClient controller = mesh.startController();
      Shop shop = Shop.small(mesh);
      CallBenchmark benchmark = new CallBenchmark(mesh, hosts(mesh, wanted));
      for (Library library : wanted) {
        String service = library.service();
        if (!benchmark.ports.containsKey(service)) {
          benchmark.ports.put(service, shop.start(service, 1).get(0).port());
          shop.awaitReady(controller, service, 1);
        }
      }
      kept = benchmark.run(wanted);
      mesh.discardLogs();
    }
    System.exit(kept ? 0 : 1);
  }

  private boolean run(List<Library> libraries) {
    System.out.printf(
        "Java %s, %d cores; a closed loop of calls over the loopback%n",
        System.getProperty("java.version"), Runtime.getRuntime().availableProcessors());
    System.out.println(Comparison.head());
    boolean kept = true;
    for (Library library : libraries) {
      List<Comparison> lines = new ArrayList<>();
      if (library == Library.JDK_HTTPCLIENT) {
        lines.add(new Comparison(library, 1));
      }
      lines.add(new Comparison(library, THREADS));
      for (int round = 0; round < ROUNDS; round++) {
        compare(library, lines);
      }
      for (Comparison line : lines) {
        System.out.println(line.line());
        kept &= line.kept();
      }
    }
    return kept;
  }

  private void compare(Library library, List<Comparison> lines) {
    Caller without = start(library);
    Caller with = start(library, mesh.agent("bench"));
    without.warmUp(THREADS);
    with.warmUp(THREADS);
    for (Comparison line : lines) {
      for (int quartet = 0; quartet < QUARTETS; quartet++) {
        Caller.Sum plain = without.call(line.threads(), SLICE_MILLIS);
        Caller.Sum meshed = with.call(line.threads(), SLICE_MILLIS);
        meshed = meshed.plus(with.call(line.threads(), SLICE_MILLIS));
        plain = plain.plus(without.call(line.threads(), SLICE_MILLIS));
        line.add(plain, meshed);
      }
    }
    without.end();
    with.end();
  }

  /**
   * A JVM whose class path is this one's: all libraries are there, and it uses one. With the agent
   * and without it calls the same URL, since libraries make other objects of an address than of a
   * name, and of a URL without a port than of one with it.
   */
  private Caller start(Library library, String... options) {
    return new Caller(
        mesh.start(
            "caller-" + ++callers,
            JavaCommand.ofThisJdk()
                .option(options)
                .option("-Djdk.net.hosts.file=" + hosts)
                .main(
                    System.getProperty("java.class.path"),
                    "dev.meshagent.bench.call.client.ClosedLoop",
                    library.name(),
                    library.service() + ":" + ports.get(library.service()))));
  }

  /** Where a JVM without the agent finds the services. */
  private static Path hosts(LocalMesh mesh, List<Library> libraries) throws IOException {
    return Files.write(
        mesh.directory().resolve("hosts"),
        libraries.stream().map(library -> "127.0.0.1 " + library.service()).distinct().toList());
  }
}
