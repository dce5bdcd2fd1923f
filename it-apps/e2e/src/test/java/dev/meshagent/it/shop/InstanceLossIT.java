package dev.meshagent.it.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.testbed.Artifacts;
import dev.meshagent.testbed.ChildProcess;
import dev.meshagent.testbed.ControllerClient;
import dev.meshagent.testbed.LoadReport;
import dev.meshagent.testbed.LocalMesh;
import dev.meshagent.testbed.Shop;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Fifty callers, and one of three instances killed and replaced, three times over. It is a service
 * that calls nobody, so that what a new instance gets is up to the mesh and not to what its own
 * callees make of its first calls.
 */
class InstanceLossIT {
  private static final int ROUNDS = 3;
  private static final Duration FAIR_WITHIN = Duration.ofSeconds(2);

  /** A call that began that long before a kill cannot have been under way any more. */
  private static final Duration LONGEST_CALL = Duration.ofSeconds(10);

  /** When an instance was told to die, and by when it was dead for certain. */
  private record Kill(Instant from, Instant until) {}

  @Test
  void everyGetSucceedsAndNoPostFailsThatBeganAfterTheKill() {
    try (LocalMesh mesh = LocalMesh.create(Artifacts.ofSystemProperty())) {
      ControllerClient controller = mesh.startController();
      Shop shop = Shop.small(mesh);
      shop.start("inventory", 3);
      shop.awaitReady(controller, "inventory", 3);
      ChildProcess load =
          shop.startLoad(
              "--url",
              "http://inventory/stock/",
              "--callers",
              "50",
              "--rate",
              "400",
              "--posts",
              "25");
      LoadReport.awaitFirst(load);

      List<Kill> kills = new ArrayList<>();
      List<Duration> fairAfter = new ArrayList<>();
      for (int round = 0; round < ROUNDS; round++) {
        Fairness.awaitTraffic(shop, shop.running("inventory"), 200);
        Shop.Instance victim = shop.running("inventory").get(0);
        Instant from = Instant.now();
        victim.process().kill();
        kills.add(new Kill(from, Instant.now()));
        Fairness.awaitTraffic(shop, shop.running("inventory"), 200);

        shop.start("inventory", 1);
        fairAfter.add(Fairness.newestGetsItsShareAfter(shop, shop.running("inventory")));
      }
      load.closeInput();
      load.awaitExit(Duration.ofSeconds(60));

      LoadReport report = LoadReport.of(load);
      System.out.println("instance loss: " + report + "; fair share after " + fairAfter);
      assertThat(report.gets()).isPositive();
      assertThat(report.posts()).isPositive();
      assertThat(report.failures()).allSatisfy(failure -> assertExcused(failure, kills));
      assertThat(report.failed()).isEqualTo(report.failures().size());
      assertThat(fairAfter).allSatisfy(after -> assertThat(after).isLessThan(FAIR_WITHIN));
      mesh.discardLogs();
    }
  }

  private static void assertExcused(LoadReport.Failure failure, List<Kill> kills) {
    assertThat(failure.method()).as("method of %s", failure).isEqualTo("POST");
    assertThat(kills)
        .as("a kill that found %s under way", failure)
        .anyMatch(
            kill ->
                failure.begun().isBefore(kill.until)
                    && failure.begun().isAfter(kill.from.minus(LONGEST_CALL)));
  }
}
