package dev.meshagent.testbed.demo;

import dev.meshagent.testbed.ChildProcess;
import dev.meshagent.testbed.ControllerClient;
import dev.meshagent.testbed.Edge;
import dev.meshagent.testbed.LoadReport;
import dev.meshagent.testbed.LocalMesh;
import dev.meshagent.testbed.Polling;
import dev.meshagent.testbed.Shop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * The second act of the demo: a second version of {@code orders} appears, and policy brings it in.
 *
 * <pre>
 *   all to v1        before v2 is there
 *   10, 50, 100 %    to v2, each by ./mesh apply
 *   by header        testers to v2, everybody else back to v1
 * </pre>
 *
 * <p>It went well if no call failed and the shares were as applied, within what chance allows.
 */
final class Canary {
  private static final int CALLERS = 20;
  private static final int CALLS_PER_SECOND = 100;
  private static final int SHORTEST_STEP = 3;
  private static final Duration APPLIED_WITHIN = Duration.ofSeconds(60);
  private static final Duration ENDED_WITHIN = Duration.ofSeconds(15);

  /** Draws are by chance: five standard deviations either way happen once in two million. */
  private static final double DEVIATIONS = 5;

  private static final String SUBSETS =
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: orders}
      spec:
        host: orders
        subsets:
        - {name: v1, labels: {version: v1}}
        - {name: v2, labels: {version: v2}}
      ---
      """;

  private static final String ROUTES =
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: orders}
      spec:
        hosts: [orders]
        http:
      """;

  /** Of v1 and of v2, in percent. */
  private static final String SPLIT =
      """
      - route:
        - {destination: {host: orders, subset: v1}, weight: %d}
        - {destination: {host: orders, subset: v2}, weight: %d}
      """
          .indent(2);

  private static final String TESTERS =
      """
      - match: [{headers: {x-user: {exact: tester}}}]
        route: [{destination: {host: orders, subset: v2}}]
      - route: [{destination: {host: orders, subset: v1}}]
      """
          .indent(2);

  private final Screen screen;
  private final LocalMesh mesh;
  private final Shop shop;
  private final ControllerClient controller;
  private final int stepSeconds;
  private boolean asApplied = true;

  /**
   * @param seconds of the first act
   */
  Canary(Screen screen, LocalMesh mesh, Shop shop, ControllerClient controller, int seconds) {
    this.screen = screen;
    this.mesh = mesh;
    this.shop = shop;
    this.controller = controller;
    this.stepSeconds = Math.max(SHORTEST_STEP, seconds / 10);
  }

  boolean run() {
    int before = shop.running("orders").size();
    apply("all-to-v1", SUBSETS + ROUTES + split(0));
    screen.news("a second version of orders is started; nobody calls it yet");
    Shop.Instance second = shop.start("orders", "v2", 1).get(0);
    shop.awaitReady(controller, "orders", before + 1);
    ChildProcess customers =
        shop.startLoad(
            "--callers", Integer.toString(CALLERS), "--rate", Integer.toString(CALLS_PER_SECOND));
    LoadReport.awaitFirst(customers);
    for (int percent : new int[] {10, 50, 100}) {
      apply("canary-" + percent, ROUTES + split(percent));
      watch(second, percent);
    }
    apply("testers", ROUTES + TESTERS);
    ChildProcess testers =
        shop.startLoadOf(
            "testers",
            "--url",
            "http://orders/orders/",
            "--callers",
            "2",
            "--rate",
            "20",
            "--header",
            "x-user:tester");
    LoadReport.awaitFirst(testers);
    show("testers");
    watchTesters(second);
    long failed = end(customers) + end(testers);
    screen.news(
        failed == 0 && asApplied
            ? "second act: no call failed, and every share was as applied"
            : "second act: " + failed + " calls failed" + (asApplied ? "" : "; a share was wrong"));
    return failed == 0 && asApplied;
  }

  private static String split(int percent) {
    return SPLIT.formatted(100 - percent, percent);
  }

  /** As somebody at a shell would. */
  private void apply(String name, String policy) {
    Path file = mesh.directory().resolve(name + ".yaml");
    try {
      Files.writeString(file, policy);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
    }
    screen.news("./mesh apply -f " + file.getFileName() + " --wait");
    ChildProcess apply =
        mesh.start(
            "apply-" + name,
            List.of(
                mesh.artifacts().home().resolve("mesh").toString(),
                "apply",
                "-f",
                file.toString(),
                "--wait",
                "--controller",
                controller.uri().toString()));
    int code = apply.awaitExit(APPLIED_WITHIN);
    apply.lines().forEach(line -> screen.news("  " + line));
    if (code != 0) {
      throw new IllegalStateException("./mesh apply -f " + file + " ended with " + code);
    }
  }

  private void watch(Shop.Instance second, int percent) {
    Map<String, Long> before = served();
    for (int i = 1; i <= stepSeconds; i++) {
      Polling.sleepUntil(System.nanoTime() + TimeUnit.SECONDS.toNanos(1));
      show(percent + " % v2");
    }
    long toSecond = 0;
    long all = 0;
    for (Map.Entry<String, Long> instance : served().entrySet()) {
      long calls = instance.getValue() - before.getOrDefault(instance.getKey(), 0L);
      all += calls;
      toSecond += instance.getKey().equals(second.name()) ? calls : 0;
    }
    double wanted = percent / 100.0;
    double allowed = DEVIATIONS * Math.sqrt(wanted * (1 - wanted) / Math.max(1, all));
    double share = all == 0 ? -1 : (double) toSecond / all;
    // A few calls were under way when the policy changed.
    boolean fits = Math.abs(share - wanted) <= allowed + (double) CALLERS / Math.max(1, all);
    asApplied &= fits;
    screen.news(
        "  v2 served %d of %d calls: %.1f %%%s"
            .formatted(toSecond, all, 100 * share, fits ? "" : ", which is not what was applied"));
  }

  private void watchTesters(Shop.Instance second) {
    for (int i = 1; i <= stepSeconds; i++) {
      Polling.sleepUntil(System.nanoTime() + TimeUnit.SECONDS.toNanos(1));
      show("testers");
    }
    String address = "127.0.0.1:" + second.port();
    for (Edge edge : controller.edges(Math.max(1, stepSeconds - 1))) {
      if (edge.to().equals("orders")) {
        boolean tester = edge.from().equals("testers");
        double share =
            edge.endpoints().stream()
                .filter(endpoint -> endpoint.address().equals(address))
                .mapToDouble(Edge.Share::share)
                .sum();
        boolean fits = edge.calls() > 0 && share == (tester ? 1 : 0);
        asApplied &= fits;
        screen.news(
            "  of the calls of %s, v2 got %.0f %%%s"
                .formatted(
                    edge.from(), 100 * share, fits ? "" : ", which is not what was applied"));
      }
    }
  }

  private Map<String, Long> served() {
    Map<String, Long> served = new TreeMap<>();
    shop.running("orders")
        .forEach(instance -> served.put(instance.name(), shop.stats(instance).served()));
    return served;
  }

  private void show(String when) {
    List<String> lines = new ArrayList<>();
    lines.add(EdgeTable.header(when));
    lines.addAll(new EdgeTable(shop.namesByAddress()).rows(controller.edges(1)));
    screen.table(lines);
  }

  private long end(ChildProcess load) {
    screen.settle();
    load.closeInput();
    load.awaitExit(ENDED_WITHIN);
    LoadReport report = LoadReport.of(load);
    report.failures().stream().limit(10).forEach(failure -> screen.news(failure.toString()));
    return report.failed();
  }
}
