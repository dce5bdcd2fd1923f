package dev.meshagent.it.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.meshagent.testbed.Polling;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** What a WorkloadGroup makes of a process that names it, and when it lets callers go there. */
@EnabledIf("dev.meshagent.testbed.Kubectl#isThere")
class WorkloadGroupIT {
  private static final String GROUP =
      """
      apiVersion: networking.istio.io/v1
      kind: WorkloadGroup
      metadata: {name: vms}
      spec:
        metadata: {labels: {tier: gold}}
        template: {weight: 7, locality: eu/b, labels: {app: else}}
      %s
      """;

  private final AtomicInteger status = new AtomicInteger(503);
  private PolicyMesh mesh;
  private HttpServer probed;

  @BeforeEach
  void start() throws IOException {
    mesh = new PolicyMesh();
    probed = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    probed.createContext(
        "/ready",
        exchange -> {
          exchange.sendResponseHeaders(status.get(), -1);
          exchange.close();
        });
    probed.start();
  }

  @AfterEach
  void stop() {
    probed.stop(0);
    mesh.discardLogs();
    mesh.close();
  }

  private Optional<JsonNode> orders() {
    for (JsonNode entry : mesh.workloads()) {
      if (entry.at("/metadata/labels/app").asText().equals("orders")) {
        return Optional.of(entry);
      }
    }
    return Optional.empty();
  }

  @Test
  void itsProbeDecidesWhenAProcessIsReadyAndItsTemplateCompletesIt() {
    mesh.apply(
        GROUP.formatted(
            "  probe: {httpGet: {path: /ready, port: %d}, periodSeconds: 1, failureThreshold: 1}"
                .formatted(probed.getAddress().getPort())));
    mesh.startProcess("orders", "-Dmesh.group=vms");
    Polling.until(
        () -> orders().isPresent(), Duration.ofSeconds(120), () -> "no workload of orders came");
    JsonNode waiting = orders().orElseThrow();
    assertThat(waiting.at("/status/conditions/0/reason").asText()).isEqualTo("NotReady");
    assertThat(mesh.call("jdk GET http://orders/").status()).isEqualTo(-1);

    status.set(200);
    mesh.awaitReady("orders", 1);
    JsonNode ready = orders().orElseThrow();
    assertThat(ready.at("/metadata/labels/tier").asText()).isEqualTo("gold");
    assertThat(ready.at("/metadata/annotations").toString())
        .isEqualTo("{\"istio.io/autoRegistrationGroup\":\"vms\"}");
    assertThat(ready.at("/spec/weight").asInt()).isEqualTo(7);
    assertThat(ready.at("/spec/locality").asText()).isEqualTo("eu/b");
    assertThat(
            mesh.explain("GET", "http://orders/")
                .at("/destinations/0/endpoints/0/labels/tier")
                .asText())
        .isEqualTo("gold");
    Polling.until(
        () -> mesh.call("jdk GET http://orders/").status() == 200,
        Duration.ofSeconds(120),
        () -> "the ready process is not called");

    status.set(500);
    mesh.awaitReady("orders", 0);
    Polling.until(
        () -> mesh.call("jdk GET http://orders/").status() != 200,
        Duration.ofSeconds(120),
        () -> "the process that is not ready is still called");

    // Without a probe it is ready as soon as it serves.
    mesh.apply(GROUP.formatted(""));
    mesh.awaitReady("orders", 1);
  }
}
