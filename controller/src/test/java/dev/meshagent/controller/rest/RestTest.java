package dev.meshagent.controller.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.meshagent.controller.TestController;
import dev.meshagent.controller.stream.TestAgent;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(180)
final class RestTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final JsonMapper JSON = JsonMapper.builder().build();
  @RegisterExtension static final TestController controller = new TestController();

  private static TestAgent orders;
  private static TestAgent storefront;

  @BeforeAll
  static void start() throws Exception {
    orders = TestAgent.join(controller.listening(), "orders", "a1", 8080);
    storefront = TestAgent.join(controller.listening(), "storefront", "c1", 8081);
    storefront.until("names", () -> storefront.names.contains("default/orders"));
    storefront.subscribe("orders");
    storefront.until("endpoint", () -> storefront.view("orders").containsKey("a1"));
  }

  @AfterAll
  static void stop() {
    orders.close();
    storefront.close();
  }

  private static HttpResponse<String> ask(String method, String path)
      throws IOException, InterruptedException {
    return CLIENT.send(
        HttpRequest.newBuilder(URI.create("http://" + controller.listening() + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode get(String path) throws IOException, InterruptedException {
    HttpResponse<String> response = ask("GET", path);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  @Test
  void workloadsAreWorkloadEntriesWithHealthAsConditions() throws Exception {
    String base = "/apis/networking.istio.io/v1/";
    JsonNode list = get(base + "workloadentries");
    assertThat(list.path("kind").asText()).isEqualTo("WorkloadEntryList");
    assertThat(Long.parseLong(list.path("metadata").path("resourceVersion").asText())).isPositive();
    assertThat(list.path("items")).hasSize(2);
    JsonNode entry = get(base + "namespaces/default/workloadentries/orders-a1");
    assertThat(list.path("items").get(0)).isEqualTo(entry);
    assertThat(entry.path("spec").path("address").asText()).isEqualTo("10.0.0.7");
    assertThat(entry.path("spec").path("ports").path("http").asInt()).isEqualTo(8080);
    assertThat(entry.path("metadata").path("labels").path("app").asText()).isEqualTo("orders");
    JsonNode ready = entry.path("status").path("conditions").get(0);
    assertThat(ready.path("type").asText()).isEqualTo("Ready");
    assertThat(ready.path("status").asText()).isEqualTo("True");
    assertThat(get(base + "namespaces/other/workloadentries").path("items")).isEmpty();
    assertThat(get(base + "workloadentries?labelSelector=app%3Dorders").path("items")).hasSize(1);
    assertThat(ask("GET", base + "workloadentries?labelSelector=a%3E1").statusCode())
        .isEqualTo(400);
  }

  @Test
  void servicesAndNamespacesAreListed() throws Exception {
    assertThat(get("/api/v1/services").path("items").findValuesAsText("name"))
        .contains("orders", "storefront");
    JsonNode service = get("/api/v1/namespaces/default/services/orders");
    assertThat(service.path("status").path("conditions").get(0).path("message").asText())
        .isEqualTo("1 of 1 workloads are ready.");
    assertThat(get("/api/v1/namespaces/default").path("status").path("phase").asText())
        .isEqualTo("Active");
  }

  @Test
  void discoveryNamesWhatThereIs() throws Exception {
    assertThat(get("/api").path("versions").get(0).asText()).isEqualTo("v1");
    for (JsonNode group : get("/apis").path("groups")) {
      for (JsonNode version : group.path("versions")) {
        String base = "/apis/" + version.path("groupVersion").asText();
        for (JsonNode resource : get(base).path("resources")) {
          String name = resource.path("name").asText();
          if (!name.contains("/")) {
            JsonNode list = get(base + "/" + name);
            assertThat(list.path("kind").asText())
                .isEqualTo(resource.path("kind").asText() + "List");
            assertThat(base).endsWith(list.path("apiVersion").asText());
          }
        }
      }
    }
    assertThat(get("/api/v1").path("resources").get(0).path("kind").asText())
        .isEqualTo("Namespace");
  }

  @Test
  void whatIsNotThereIsAStatus() throws Exception {
    for (String path :
        new String[] {
          "/nothing",
          "/api/v2",
          "/api/v1/pods",
          "/api/v1/services/orders",
          "/api/v1/namespaces/default/services/nobody",
          "/apis/unknown.io",
          "/apis/networking.istio.io/v1/namespaces/default/workloadentries/x",
          "/mesh/v1/nothing"
        }) {
      HttpResponse<String> response = ask("GET", path);
      assertThat(response.statusCode()).as(path).isEqualTo(404);
      JsonNode status = JSON.readTree(response.body());
      assertThat(status.path("kind").asText()).as(path).isEqualTo("Status");
      assertThat(status.path("reason").asText()).isEqualTo("NotFound");
      assertThat(status.path("code").asInt()).isEqualTo(404);
    }
  }

  @Test
  void otherMethodsAreRefusedEverywhere() throws Exception {
    for (String path : new String[] {"/mesh/v1/edges", "/healthz", "/x"}) {
      for (String method : new String[] {"POST", "PUT", "PATCH", "DELETE"}) {
        HttpResponse<String> response = ask(method, path);
        assertThat(response.statusCode()).as(method + " " + path).isEqualTo(405);
        assertThat(JSON.readTree(response.body()).path("reason").asText())
            .isEqualTo("MethodNotAllowed");
      }
    }
  }

  @Test
  void probesAndVersionAnswerAsAKubernetesServer() throws Exception {
    assertThat(ask("GET", "/healthz").body()).isEqualTo("ok");
    assertThat(ask("GET", "/readyz").body()).isEqualTo("ok");
    assertThat(ask("GET", "/readyz?verbose").body())
        .contains("[+]loop ok")
        .endsWith("readyz check passed\n");
    assertThat(get("/version").path("gitVersion").asText()).startsWith("v");
  }

  @Test
  void metricsAreInPrometheusText() throws Exception {
    HttpResponse<String> response = ask("GET", "/metrics");
    assertThat(response.headers().firstValue("content-type").orElse(""))
        .startsWith("text/plain; version=0.0.4");
    assertThat(response.body())
        .contains("mesh_agents 2.0\n")
        .contains("mesh_workloads{health=\"ready\"} 2.0\n")
        .contains("mesh_control_frames_received_total{type=\"hello\"} 2.0\n")
        .contains("mesh_services 2.0\n");
  }

  @Test
  void telemetryBecomesEdgesAndMetrics() throws Exception {
    storefront.send(
        "{\"type\":\"telemetry\",\"intervalMillis\":1000,\"series\":[{\"service\":\"default/orders\",\"outcome\":\"success\",\"library\":\"jdk-httpclient\",\"count\":12},{\"service\":\"default/orders\",\"outcome\":\"failure\",\"library\":\"jdk-httpclient\",\"count\":1}],\"endpoints\":[{\"service\":\"default/orders\",\"uid\":\"a1\",\"attempts\":14,\"failures\":2,\"ewmaMicros\":812}]}");
    // An answer to what was sent later shows that the telemetry was taken in.
    storefront.send("{\"type\":\"resync\",\"service\":\"default/orders\"}");
    storefront.frames.clear();
    storefront.await("service");
    JsonNode answer = get("/mesh/v1/edges?window=60");
    JsonNode edge = answer.path("edges").get(0);
    assertThat(edge.path("from").path("service").asText()).isEqualTo("storefront");
    assertThat(edge.path("to").path("service").asText()).isEqualTo("orders");
    assertThat(edge.path("total").path("calls").asLong()).isEqualTo(13);
    assertThat(answer.path("total").path("failures").asLong()).isEqualTo(1);
    assertThat(ask("GET", "/metrics").body())
        .contains("mesh_edge_calls_total{destination_namespace=\"default\"")
        .contains(
            "outcome=\"failure\",source_namespace=\"default\",source_service=\"storefront\"} 1.0\n");
    assertThat(ask("GET", "/mesh/v1/edges?window=0").statusCode()).isEqualTo(400);
  }

  @Test
  void agentsTellTheirSubscriptionsAndWhatTheyAcknowledged() throws Exception {
    JsonNode agent = get("/mesh/v1/agents").path("agents").get(1);
    assertThat(agent.path("uid").asText()).isEqualTo("c1");
    JsonNode subscription = agent.path("subscriptions").get(0);
    assertThat(subscription.path("service").asText()).isEqualTo("default/orders");
    assertThat(subscription.path("seq").isIntegralNumber()).isTrue();
  }

  @Test
  void aBrowserCannotOpenAControlStream() throws Exception {
    HttpResponse<String> response =
        CLIENT.send(
            HttpRequest.newBuilder(
                    URI.create("http://" + controller.listening() + "/agent/v1/connect"))
                .header("Origin", "http://evil.example")
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(403);
  }
}
