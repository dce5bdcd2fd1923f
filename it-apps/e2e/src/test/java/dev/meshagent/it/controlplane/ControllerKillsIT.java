package dev.meshagent.it.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meshagent.testbed.Artifacts;
import dev.meshagent.testbed.ChildProcess;
import dev.meshagent.testbed.ControllerClient;
import dev.meshagent.testbed.LoadReport;
import dev.meshagent.testbed.LocalMesh;
import dev.meshagent.testbed.Polling;
import dev.meshagent.testbed.Shop;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * The controller is killed again and again while policy of a service that is being called is
 * written: what was acknowledged is there, nothing is there by half, and no call fails. {@code
 * -Dmesh.it.kills=N} says how often.
 */
class ControllerKillsIT {
  private static final int KILLS = Integer.getInteger("mesh.it.kills", 10);
  private static final long SEED = 20_261_123;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** About as long as a write takes: the kill is to come at any moment of one. */
  private static final int MOMENTS_MICROS = 30_000;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** The number of the last pair of which the controller said that it is kept. */
  private final AtomicInteger acknowledged = new AtomicInteger();

  /** The number of the last pair that was sent. */
  private final AtomicInteger sent = new AtomicInteger();

  @Test
  void whatWasAcknowledgedIsThereNothingIsByHalfAndNoCallFails() throws Exception {
    Random random = new Random(SEED);
    try (LocalMesh mesh = LocalMesh.create(Artifacts.ofSystemProperty())) {
      ControllerClient controller = mesh.startController();
      Shop shop = Shop.small(mesh);
      shop.start("inventory", 2);
      shop.awaitReady(controller, "inventory", 2);
      ChildProcess load =
          shop.startLoad("--url", "http://inventory/stock/", "--callers", "4", "--rate", "50");
      LoadReport.awaitFirst(load);
      int inFlight = 0;
      for (int kill = 0; kill < KILLS; kill++) {
        CountDownLatch some = new CountDownLatch(1 + random.nextInt(5));
        URI uri = controller.uri();
        FutureTask<Void> writing =
            new FutureTask<>(
                () -> {
                  write(uri, some);
                  return null;
                });
        new Thread(writing, "writes policy").start();
        assertThat(some.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(MOMENTS_MICROS)));
        mesh.killController();
        // What the controller answered wrongly before it was killed fails the test.
        writing.get();
        inFlight += sent.get() > acknowledged.get() ? 1 : 0;
        controller = mesh.startController();
        assertWhole(controller);
      }
      ControllerClient last = controller;
      Polling.until(() -> hasCaller(last), PATIENCE, () -> "the caller does not come back");
      JsonNode applied = apply(last.uri(), pair(sent.incrementAndGet()));
      JsonNode progress =
          last.get("/mesh/v1/convergence?wait=9s&version=" + applied.path("version").asText());
      assertThat(progress.path("converged").asBoolean()).as("%s", progress).isTrue();
      assertThat(progress.at("/agents/acked").asInt()).as("%s", progress).isOne();
      load.closeInput();
      load.awaitExit(PATIENCE);
      LoadReport report = LoadReport.of(load);
      System.out.printf(
          "controller killed %d times, %d times with a write under way: %s, %d writes acknowledged%n",
          KILLS, inFlight, report, acknowledged.get());
      assertThat(report.failures()).isEmpty();
      assertThat(report.calls()).isPositive();
      mesh.discardLogs();
    }
  }

  /** The load is subscribed to what it calls. */
  private static boolean hasCaller(ControllerClient controller) {
    for (JsonNode agent : controller.get("/mesh/v1/agents").path("agents")) {
      for (JsonNode subscription : agent.path("subscriptions")) {
        if (subscription.path("service").asText().equals("default/inventory")) {
          return true;
        }
      }
    }
    return false;
  }

  /** Two objects that only ever change together, and that the load's calls obey. */
  private static String pair(int number) {
    return """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: inventory, annotations: {number: "%1$d"}}
        spec:
          hosts: [inventory]
          http: [{timeout: %2$dms, route: [{destination: {host: inventory}}]}]
        ---
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: inventory, annotations: {number: "%1$d"}}
        spec: {host: inventory}
        """
        .formatted(number, 20_000 + number);
  }

  private void write(URI controller, CountDownLatch some) throws InterruptedException {
    try {
      while (true) {
        int number = sent.incrementAndGet();
        apply(controller, pair(number));
        acknowledged.set(number);
        some.countDown();
      }
    } catch (IOException e) {
      // It was killed.
    }
  }

  private JsonNode apply(URI controller, String yaml) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(controller.resolve("/mesh/v1/apply"))
                .header("Content-Type", "application/yaml")
                .POST(HttpRequest.BodyPublishers.ofString(yaml))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return ControlClient.JSON.readTree(response.body());
  }

  private void assertWhole(ControllerClient controller) {
    Map<String, Integer> numbers = new HashMap<>();
    for (String kind : new String[] {"virtualservices", "destinationrules"}) {
      JsonNode object =
          controller.get("/apis/networking.istio.io/v1/namespaces/default/" + kind + "/inventory");
      numbers.put(kind, object.at("/metadata/annotations/number").asInt());
    }
    assertThat(numbers.get("virtualservices"))
        .isEqualTo(numbers.get("destinationrules"))
        .isBetween(acknowledged.get(), sent.get());
    // What was sent and not acknowledged may be there; from now on it counts as either.
    acknowledged.set(numbers.get("virtualservices"));
  }
}
