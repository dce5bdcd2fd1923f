package dev.meshagent.it.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.testbed.Artifacts;
import dev.meshagent.testbed.ChildProcess;
import dev.meshagent.testbed.ControllerClient;
import dev.meshagent.testbed.LoadReport;
import dev.meshagent.testbed.LocalMesh;
import dev.meshagent.testbed.Polling;
import dev.meshagent.testbed.Shop;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Two hundred workloads of twenty services, and a controller that is killed and started again:
 * every view has all of them afterwards, none was ever taken away, and a real agent's calls go on.
 * The workloads are control streams that all offer the port of one real server.
 */
class FleetRestartIT {
  private static final int SERVICES = 20;
  private static final int WORKLOADS = 200;
  private static final Duration LEASE = Duration.ofSeconds(15);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Test
  void noEndpointIsLostFromAnyView() {
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    List<ControlClient> clients = new ArrayList<>();
    try (LocalMesh mesh = LocalMesh.create(Artifacts.ofSystemProperty())) {
      HttpClient http = HttpClient.newHttpClient();
      ControllerClient controller = mesh.startController();
      Shop shop = Shop.small(mesh);
      int port = shop.start("inventory", 1).get(0).port();
      for (int i = 0; i < WORKLOADS; i++) {
        clients.add(workload(http, timer, controller.uri(), i, port));
      }
      List<String> services =
          IntStream.range(0, SERVICES).mapToObj(i -> "default/" + service(i)).toList();
      WatchedView view = new WatchedView(http, timer, controller.uri(), services);
      view.connect();
      clients.add(view.client());
      awaitListed(view);
      ChildProcess load =
          shop.startLoad("--url", "http://fleet-0/stock/", "--callers", "4", "--rate", "100");
      LoadReport.awaitFirst(load);

      mesh.killController();
      mesh.startController();
      long restarted = System.nanoTime();
      Polling.until(() -> view.epochs() == 2, PATIENCE, () -> "no frame of a second epoch came");
      awaitListed(view);
      Duration listedAfter = Duration.ofNanos(System.nanoTime() - restarted);
      for (int i = 0; i < SERVICES; i++) {
        shop.awaitReady(controller, service(i), WORKLOADS / SERVICES);
      }
      // What is not renewed is removed one lease after the restart: look until a while after that.
      long pastTheLease = restarted + LEASE.plusSeconds(3).toNanos();
      while (System.nanoTime() < pastTheLease) {
        assertThat(view.removed()).isEmpty();
        assertThat(view.listed()).isEqualTo(WORKLOADS);
        Polling.pause();
      }
      load.closeInput();
      load.awaitExit(PATIENCE);

      LoadReport report = LoadReport.of(load);
      System.out.println("fleet restart: " + report + "; all listed after " + listedAfter);
      assertThat(report.failures()).isEmpty();
      assertThat(report.calls()).isPositive();
      assertThat(listedAfter).isLessThan(LEASE);
      mesh.discardLogs();
    } finally {
      clients.forEach(ControlClient::close);
      timer.shutdownNow();
    }
  }

  private static String service(int number) {
    return "fleet-" + number % SERVICES;
  }

  private static void awaitListed(WatchedView view) {
    Polling.until(
        () -> view.listed() == WORKLOADS,
        PATIENCE,
        () -> "the view lists " + view.listed() + " endpoints, not " + WORKLOADS);
  }

  private static ControlClient workload(
      HttpClient http, ScheduledExecutorService timer, URI controller, int number, int port) {
    ObjectNode hello =
        ControlClient.frame("hello")
            .put("protocol", 1)
            .put("agentVersion", "test")
            .put("uid", String.format("%032x", number + 1))
            .put("namespace", "default")
            .put("service", service(number));
    hello.putArray("features").add("endpoints-delta");
    hello.putObject("labels").put("app", service(number));
    hello.putObject("known");
    ObjectNode workload = hello.putObject("workload").put("weight", 1);
    workload.putArray("addresses").add("127.0.0.1");
    workload
        .putArray("ports")
        .addObject()
        .put("name", "http")
        .put("port", port)
        .put("primary", true);
    ControlClient client =
        new ControlClient(http, timer, controller, () -> List.of(hello), frame -> {});
    client.connect();
    return client;
  }
}
