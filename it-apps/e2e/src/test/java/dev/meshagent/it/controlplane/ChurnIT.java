package dev.meshagent.it.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.testbed.Artifacts;
import dev.meshagent.testbed.ControllerClient;
import dev.meshagent.testbed.LocalMesh;
import dev.meshagent.testbed.Polling;
import dev.meshagent.testbed.streams.ControlStreams;
import dev.meshagent.testbed.streams.Fleet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Workloads that come and go over control streams of their own, while all the others are told of
 * them: in the end every view is right. {@code -Dmesh.it.fleet=N} says how many there are, {@code
 * -Dmesh.it.churn=N} how many of them come and go; how fast it is, {@code ./mesh bench control
 * --churn} measures.
 */
class ChurnIT {
  private static final int WORKLOADS = Integer.getInteger("mesh.it.fleet", 100);
  private static final int JOINS_AND_LEAVES = Integer.getInteger("mesh.it.churn", 200);
  private static final int SERVICES = 10;
  private static final int CALLED = 3;
  private static final long SEED = 20_261_123;
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  @Test
  void everyViewIsRightAfterTheLast() throws Exception {
    try (LocalMesh mesh = LocalMesh.create(Artifacts.ofSystemProperty())) {
      ControllerClient controller = mesh.startController();
      try (ControlStreams streams = new ControlStreams(controller.uri())) {
        Fleet fleet = new Fleet(streams, SERVICES, CALLED, SEED, (agent, told) -> {});
        for (int i = 0; i < WORKLOADS; i++) {
          fleet.join();
        }
        awaitRight(fleet);
        List<CompletableFuture<Void>> leaving = new ArrayList<>();
        for (int i = 0; i < JOINS_AND_LEAVES; i++) {
          fleet.join().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
          leaving.add(fleet.leave());
        }
        for (CompletableFuture<Void> each : leaving) {
          each.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        awaitRight(fleet);
        assertThat(fleet.size()).isEqualTo(WORKLOADS);
        assertThat(controller.get("/mesh/v1/agents").path("agents")).hasSize(WORKLOADS);
      }
      mesh.discardLogs();
    }
  }

  private static void awaitRight(Fleet fleet) {
    Polling.until(
        () -> wrong(fleet).isEmpty(), PATIENCE, () -> "views that are wrong: " + wrong(fleet));
  }

  private static Map<Integer, String> wrong(Fleet fleet) {
    try {
      return fleet.wrong();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
