package dev.meshagent.controller.rest;

import static dev.meshagent.controller.rest.Api.YAML;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meshagent.controller.TestController;
import dev.meshagent.controller.stream.TestAgent;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an apply says it changes, with agents over real sockets. */
@Timeout(180)
final class EffectsTest {
  private static final String SPLIT =
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: orders}
      spec: {hosts: [orders], http: [{timeout: %s, route: [{destination: {host: orders}}]}]}
      """;

  @RegisterExtension final TestController controller = new TestController();

  private final Api api = new Api(controller::listening);

  private JsonNode effects(String query, String... documents) throws Exception {
    return api.send("POST", "/mesh/v1/apply" + query, YAML, String.join("---\n", documents))
        .is(200)
        .json()
        .path("effects");
  }

  private static String effect(String service, String what, String callers) {
    return "{\"service\":\"%s\",\"what\":[%s],\"callers\":[%s]}".formatted(service, what, callers);
  }

  private TestAgent caller(String service, String uid) throws Exception {
    TestAgent agent = TestAgent.join(controller.listening(), service, uid, 0);
    agent.subscribe("orders");
    agent.until("orders", () -> agent.views.containsKey("default/orders"));
    return agent;
  }

  @Test
  void tellsWhichCallersAreToldWhatOtherwise() throws Exception {
    try (TestAgent orders = TestAgent.join(controller.listening(), "orders", "o1", 8080)) {
      orders.until("its own name", () -> orders.names.contains("default/orders"));
      try (TestAgent a = caller("web", "w1");
          TestAgent b = caller("web", "w2");
          TestAgent c = caller("jobs", "j1")) {
        assertThat(List.of(a, b, c)).allMatch(agent -> agent.view("orders").size() == 1);
        String all =
            "{\"service\":\"default/jobs\",\"agents\":1},{\"service\":\"default/web\",\"agents\":2}";
        // A dry run foresees what the apply then does.
        for (String query : new String[] {"?dryRun=All", ""}) {
          assertThat(effects(query, SPLIT.formatted("5s")).toString())
              .isEqualTo("[" + effect("default/orders", "\"routes\"", all) + "]");
        }
        assertThat(effects("", SPLIT.formatted("5s"))).isEmpty();
        assertThat(effects("?dryRun=All", SPLIT.formatted("6s"))).hasSize(1);
        assertThat(
                effects(
                        "",
                        """
                        apiVersion: networking.istio.io/v1
                        kind: DestinationRule
                        metadata: {name: orders}
                        spec:
                          host: orders
                          workloadSelector: {matchLabels: {app: jobs}}
                          trafficPolicy: {loadBalancer: {simple: RANDOM}}
                        """)
                    .toString())
            .as("a rule for some callers concerns those alone")
            .isEqualTo(
                "["
                    + effect(
                        "default/orders",
                        "\"policy\"",
                        "{\"service\":\"default/jobs\",\"agents\":1}")
                    + "]");
      }
    }
  }

  @Test
  void aGroupTellsItsProcessesOfItsProbeAndCallersOfThoseThatAreReady() throws Exception {
    String group =
        """
        apiVersion: networking.istio.io/v1
        kind: WorkloadGroup
        metadata: {name: vms}
        spec: {template: {weight: %s}%s}
        """;
    String workload =
        "\"workload\":{\"addresses\":[\"10.0.0.7\"],\"weight\":1,%s\"ports\":[{\"name\":\"http\",\"port\":80}]}}";
    try (TestAgent orders = TestAgent.connect(controller.listening(), true)) {
      orders.send(
          "{\"type\":\"hello\",\"protocol\":1,\"uid\":\"o1\",\"namespace\":\"default\","
              + "\"service\":\"orders\",\"group\":\"vms\","
              + workload.formatted(""));
      assertThat(orders.await("probe").has("port")).isFalse();
      try (TestAgent web = caller("web", "w1")) {
        String all = "{\"service\":\"default/web\",\"agents\":1}";
        assertThat(effects("", group.formatted("4", "")).toString())
            .isEqualTo("[" + effect("default/orders", "\"endpoints\"", all) + "]");
        web.until("the weight", () -> web.weight("orders", "o1") == 4);
        effects("", group.formatted("5", ", probe: {tcpSocket: {port: 80}, periodSeconds: 3}"));
        JsonNode probe = orders.await("probe");
        assertThat(probe.path("port").asInt()).isEqualTo(80);
        assertThat(probe.path("http").asBoolean()).isFalse();
        assertThat(probe.path("periodMillis").asInt()).isEqualTo(3_000);
        web.until("still called", () -> web.weight("orders", "o1") == 5);
        orders.send("{\"type\":\"register\"," + workload.formatted("\"ready\":false,"));
        web.until("nobody is ready", () -> web.view("orders").isEmpty());
        orders.send("{\"type\":\"register\"," + workload.formatted("\"ready\":true,"));
        web.until("it is ready", () -> web.weight("orders", "o1") == 5);
      }
    }
  }

  @Test
  void tellsOfNamesPortsAndEndpointsThatComeAndGo() throws Exception {
    String entry =
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: api}
        spec:
          hosts: [api.example.com]
          ports: [{number: 80, name: http, targetPort: %s}]
          resolution: STATIC
          endpoints: [{address: %s}]
        """;
    assertThat(effects("?dryRun=All", entry.formatted("81", "10.0.0.1")).toString())
        .isEqualTo(
            "[" + effect("default/api.example.com", "\"name\",\"ports\",\"endpoints\"", "") + "]");
    effects("", entry.formatted("81", "10.0.0.1"));
    assertThat(effects("", entry.formatted("81", "10.0.0.2")).toString())
        .isEqualTo("[" + effect("default/api.example.com", "\"endpoints\"", "") + "]");
    String version = api.get("/mesh/v1/history").at("/versions/1/version");
    JsonNode back =
        api.send("POST", "/mesh/v1/rollback?dryRun=All&version=" + version, YAML, "")
            .is(200)
            .json();
    assertThat(back.path("effects").toString())
        .isEqualTo("[" + effect("default/api.example.com", "\"endpoints\"", "") + "]");
  }
}
