package dev.meshagent.it.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.testbed.Artifacts;
import dev.meshagent.testbed.ChildProcess;
import dev.meshagent.testbed.ControllerClient;
import dev.meshagent.testbed.LoadReport;
import dev.meshagent.testbed.LocalMesh;
import dev.meshagent.testbed.Polling;
import dev.meshagent.testbed.Shop;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The controller dies under load and comes back. {@code -Dmesh.it.outageSeconds=N} makes the outage
 * longer than its ten seconds.
 */
class ControllerOutageIT {
  private static final Duration OUTAGE =
      Duration.ofSeconds(Integer.getInteger("mesh.it.outageSeconds", 10));

  /** Agents ask for a lost controller every five seconds at most; and a lease is fifteen. */
  private static final Duration BACK_WITHIN = Duration.ofSeconds(15);

  @Test
  void callsGoOnBalancedAndTheWorkloadsComeBack() {
    Map<String, Integer> instances = Map.of("inventory", 2, "orders", 3, "storefront", 1);
    try (LocalMesh mesh = LocalMesh.create(Artifacts.ofSystemProperty())) {
      ControllerClient controller = mesh.startController();
      Shop shop = Shop.small(mesh);
      instances.forEach(shop::start);
      instances.forEach((service, count) -> shop.awaitReady(controller, service, count));
      ChildProcess load = shop.startLoad("--callers", "20", "--rate", "200", "--posts", "25");
      LoadReport.awaitFirst(load);
      Fairness.awaitTraffic(shop, shop.running("orders"), 200);

      mesh.killController();
      long killed = System.nanoTime();
      do {
        Fairness.awaitTraffic(shop, shop.running("orders"), 200);
        Fairness.awaitTraffic(shop, shop.running("inventory"), 200);
      } while (System.nanoTime() - killed < OUTAGE.toNanos());

      mesh.startController();
      long restarted = System.nanoTime();
      instances.forEach((service, count) -> shop.awaitReady(controller, service, count));
      Duration backAfter = Duration.ofNanos(System.nanoTime() - restarted);
      Fairness.awaitTraffic(shop, shop.running("orders"), 400);
      Polling.until(
          () -> controller.edges(60).size() == 3,
          Duration.ofSeconds(60),
          () -> "three edges expected in " + controller.edges(60));
      load.closeInput();
      load.awaitExit(Duration.ofSeconds(60));

      LoadReport report = LoadReport.of(load);
      System.out.println("controller outage: " + report + "; workloads back after " + backAfter);
      assertThat(report.failures()).isEmpty();
      assertThat(report.calls()).isPositive();
      assertThat(shop.running())
          .allSatisfy(instance -> assertThat(shop.stats(instance).failed()).isZero());
      assertThat(backAfter).isLessThan(BACK_WITHIN);
      mesh.discardLogs();
    }
  }
}
