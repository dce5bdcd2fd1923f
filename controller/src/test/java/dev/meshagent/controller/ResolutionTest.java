package dev.meshagent.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.meshagent.controller.stream.TestAgent;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Names that a running controller looks up, by a name server that the test is. */
@Timeout(180)
class ResolutionTest {
  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<String, CompletableFuture<List<String>>> asked = new ConcurrentHashMap<>();
  private Controller controller;

  @BeforeEach
  void start() throws IOException {
    controller =
        Controller.start(
            new ControllerSettings(
                new HostPort("127.0.0.1", 0), Optional.empty(), TestController.LEASE),
            Optional.of(host -> asked.computeIfAbsent(host, h -> new CompletableFuture<>())));
  }

  @AfterEach
  void stop() {
    controller.close();
  }

  private JsonNode send(String path, String body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + controller.listening() + path));
    HttpResponse<String> response =
        http.send(
            body.isEmpty()
                ? request.build()
                : request
                    .header("Content-Type", "application/yaml")
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return new ObjectMapper().readTree(response.body());
  }

  private JsonNode explained() throws Exception {
    return send("/mesh/v1/explain", "{\"url\": \"http://db.example.com/\"}");
  }

  @Test
  void aNameThatIsLookedUpBecomesEndpointsOfItsCallers() throws Exception {
    send(
        "/mesh/v1/apply",
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: db}
        spec:
          hosts: [db.example.com]
          ports: [{number: 80, name: http}]
          resolution: DNS
        """);
    try (TestAgent web = TestAgent.join(controller.listening(), "web", "w1", 0)) {
      web.subscribe("db.example.com");
      web.until("the name", () -> web.views.containsKey("default/db.example.com"));
      web.until("the question", () -> asked.containsKey("db.example.com"));
      assertThat(web.view("db.example.com")).isEmpty();
      assertThat(explained().path("text").asText())
          .contains("looked up: db.example.com is being looked up");
      asked.get("db.example.com").complete(List.of("10.0.0.2", "10.0.0.1"));
      web.until("both addresses", () -> web.view("db.example.com").size() == 2);
      assertThat(explained().at("/names/0/addresses").toString())
          .isEqualTo("[\"10.0.0.1\",\"10.0.0.2\"]");
    }
  }
}
