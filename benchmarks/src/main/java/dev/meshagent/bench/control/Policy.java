package dev.meshagent.bench.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.meshagent.testbed.ControllerClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Changes policy at a controller and asks how far the change has come. */
final class Policy {
  private final HttpClient http = HttpClient.newHttpClient();
  private final ObjectMapper json = new ObjectMapper();
  private final ControllerClient controller;

  Policy(ControllerClient controller) {
    this.controller = controller;
  }

  /**
   * Makes resources be as the YAML says.
   *
   * @return the version of it
   */
  String apply(String yaml) throws IOException, InterruptedException {
    URI uri = controller.uri().resolve("/mesh/v1/apply");
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/yaml")
                .POST(HttpRequest.BodyPublishers.ofString(yaml))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException("apply answered " + response.statusCode() + ": " + response.body());
    }
    return json.readTree(response.body()).path("version").asText();
  }

  /** Returns when all agents have answered, or after some seconds. */
  JsonNode awaitConvergence(String version) {
    return controller.get("/mesh/v1/convergence?wait=9s&version=" + version);
  }
}
