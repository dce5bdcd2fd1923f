package dev.meshagent.testbed.demo;

import dev.meshagent.testbed.Artifacts;
import dev.meshagent.testbed.ChildProcess;
import dev.meshagent.testbed.ControllerClient;
import dev.meshagent.testbed.Edge;
import dev.meshagent.testbed.LoadReport;
import dev.meshagent.testbed.LocalMesh;
import dev.meshagent.testbed.Polling;
import dev.meshagent.testbed.Shop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Runs the shop under the agent with load, kills one {@code orders} with SIGKILL on the way and
 * starts another on a new port, and shows every second what goes on between the services.
 *
 * <pre>
 *   0 %            load begins
 *  35 % of time    one orders is killed
 *  50 %            a new orders is started
 * 100 %            load ends, one line sums up, and the second act begins: see Canary
 * </pre>
 *
 * <p>Exits with 0 only if no call failed, 1 if one did or nothing could be shown, 2 for a wrong
 * option. The customers only read: a POST whose bytes were already written to a process that is
 * killed is lost with it, with a mesh or without.
 */
public final class Demo {
  /** How many instances of each, those that are called first. */
  private static final Map<String, Integer> SERVICES = new LinkedHashMap<>();

  static {
    SERVICES.put("carriers", 1);
    SERVICES.put("payments", 1);
    SERVICES.put("shipping", 1);
    SERVICES.put("inventory", 2);
    SERVICES.put("orders", 3);
    SERVICES.put("storefront", 1);
  }

  private static final int CALLERS = 20;
  private static final int CALLS_PER_SECOND = 100;

  private final Screen screen;
  private final int seconds;
  private final boolean firstActAlone;
  private final LocalMesh mesh;
  private final Shop shop;
  private ControllerClient controller;

  private Demo(Screen screen, DemoOptions options, LocalMesh mesh) {
    this.screen = screen;
    this.seconds = options.seconds();
    this.firstActAlone = options.firstActAlone();
    this.mesh = mesh;
    this.shop = Shop.whole(mesh);
  }

  public static void main(String[] args) {
    if (List.of(args).contains("--help")) {
      System.out.println(DemoOptions.USAGE);
      return;
    }
    DemoOptions options;
    try {
      options = DemoOptions.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println("mesh demo: " + e.getMessage() + "\n" + DemoOptions.USAGE);
      System.exit(2);
      return;
    }
    Screen screen = new Screen(System.out, Integer.getInteger("mesh.columns", 0));
    boolean clean = false;
    try (LocalMesh mesh = LocalMesh.create(options.of(Artifacts.ofSystemProperty()))) {
      try {
        clean = new Demo(screen, options, mesh).run();
      } catch (RuntimeException e) {
        if (!mesh.interrupted()) {
          screen.news("the demo could not go on: " + e.getMessage());
        }
      }
      if (clean) {
        mesh.discardLogs();
      }
    }
    System.exit(clean ? 0 : 1);
  }

  private boolean run() {
    screen.news(
        "starting the controller and the shop: storefront -> orders (3) -> inventory (2) -> shipping"
            + " -> carriers; orders -> payments");
    controller = mesh.startController();
    SERVICES.forEach(shop::start);
    SERVICES.forEach((service, count) -> shop.awaitReady(controller, service, count));
    screen.news("controller " + controller.uri() + ", see " + controller.uri() + "/mesh/v1/edges");
    ChildProcess load =
        shop.startLoad(
            "--seconds", Integer.toString(seconds),
            "--callers", Integer.toString(CALLERS),
            "--rate", Integer.toString(CALLS_PER_SECOND));
    LoadReport.awaitFirst(load);

    long began = System.nanoTime();
    CompletableFuture<Shop.Instance> replacement = null;
    boolean killed = false;
    boolean told = false;
    int second = 1;
    Polling.sleepUntil(began + TimeUnit.SECONDS.toNanos(second));
    while (load.isAlive()) {
      show(second);
      if (!killed && second >= seconds * 35 / 100) {
        killed = true;
        kill(shop.running("orders").get(0));
      }
      if (replacement == null && second >= seconds / 2) {
        screen.news("another orders is started");
        replacement = CompletableFuture.supplyAsync(() -> shop.start("orders", 1).get(0));
      }
      if (!told && replacement != null && replacement.isDone()) {
        told = true;
        Shop.Instance started = replacement.join();
        screen.news(started.name() + " listens on the new port " + started.port());
      }
      long elapsed = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
      second = Math.max(second, (int) elapsed) + 1;
      Polling.sleepUntil(began + TimeUnit.SECONDS.toNanos(second));
    }
    return replacement != null
        && summarize(load, replacement.join())
        && (firstActAlone || new Canary(screen, mesh, shop, controller, seconds).run());
  }

  private void kill(Shop.Instance victim) {
    victim.process().kill();
    screen.news(
        "kill -9 "
            + victim.process().pid()
            + ": "
            + victim.name()
            + " on port "
            + victim.port()
            + " is gone");
  }

  private void show(int second) {
    List<String> lines = new ArrayList<>();
    lines.add(EdgeTable.header(second + " s"));
    lines.addAll(new EdgeTable(shop.namesByAddress()).rows(controller.edges(1)));
    screen.table(lines);
  }

  private boolean summarize(ChildProcess load, Shop.Instance replacement) {
    screen.settle();
    load.awaitExit(Duration.ofSeconds(15));
    LoadReport report = LoadReport.of(load);
    report.failures().stream().limit(10).forEach(failure -> screen.news(failure.toString()));
    long failedInside = 0;
    for (Shop.Instance instance : shop.running()) {
      failedInside += instance.service().equals("payments") ? 0 : shop.stats(instance).failed();
    }
    long byReplacement = shop.stats(replacement).served();
    List<Edge> lastMinute = controller.edges(60);
    long retries = lastMinute.stream().mapToLong(Edge::retries).sum();
    screen.news(
        String.format(
            "%d calls in %d s: %d failed, %d failed between services; %d retried in the last minute;"
                + " the new orders served %d",
            report.calls(), seconds, report.failed(), failedInside, retries, byReplacement));
    return report.calls() > 0 && report.failed() == 0 && failedInside == 0 && byReplacement > 0;
  }
}
