package dev.meshagent.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.meshagent.controller.stream.TestAgent;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Explanations and convergence over real sockets. */
@Timeout(180)
class ExplainHttpTest {
  private final HttpClient http = HttpClient.newHttpClient();

  @RegisterExtension final TestController controller = new TestController();

  private HttpResponse<String> send(HttpRequest.Builder request, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + controller.listening().port() + path);
    return http.send(request.uri(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> explain(String body) throws Exception {
    return send(
        HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.ofString(body)),
        "/mesh/v1/explain");
  }

  @Test
  void aRequestIsExplained() throws Exception {
    try (TestAgent orders = TestAgent.join(controller.listening(), "orders", "a1", 8080)) {
      orders.until("its own name", () -> orders.names.contains("default/orders"));
      JsonNode answer =
          new ObjectMapper().readTree(explain("{\"url\": \"http://orders/list\"}").body());
      assertThat(answer.path("outcome").asText()).isEqualTo("forward");
      assertThat(answer.at("/destinations/0/endpoints/0/uid").asText()).isEqualTo("a1");
    }
  }

  @Test
  void whatIsNotUnderstoodIsABadRequest() throws Exception {
    assertThat(explain("{").statusCode()).isEqualTo(400);
    assertThat(explain("[]").body()).contains("names no host");
    assertThat(send(HttpRequest.newBuilder().GET(), "/mesh/v1/explain").statusCode())
        .isEqualTo(405);
    assertThat(send(HttpRequest.newBuilder().GET(), "/mesh/v1/convergence?wait=1h").statusCode())
        .isEqualTo(400);
    assertThat(send(HttpRequest.newBuilder().GET(), "/mesh/v1/convergence?version=x").statusCode())
        .isEqualTo(400);
  }

  @Test
  void aVersionThatNeverWasIsNotFoundAndTheLatestIsNamed() throws Exception {
    HttpResponse<String> answer =
        send(HttpRequest.newBuilder().GET(), "/mesh/v1/convergence?version=999999&wait=60s");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(new ObjectMapper().readTree(answer.body()).path("message").asText())
        .isEqualTo("no such version: 999999; the latest is 0");
    assertThat(
            new ObjectMapper()
                .readTree(send(HttpRequest.newBuilder().GET(), "/mesh/v1/convergence").body())
                .path("converged")
                .asBoolean())
        .isTrue();
  }
}
