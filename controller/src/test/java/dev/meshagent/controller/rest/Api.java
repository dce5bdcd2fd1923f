package dev.meshagent.controller.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.meshagent.controller.HostPort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.function.Supplier;

/** A client of the REST API, for tests. */
final class Api {
  static final String YAML = "application/yaml";
  static final String JSON = "application/json";
  static final String ISTIO = "/apis/networking.istio.io/v1/namespaces/";

  /**
   * HTTP/1.1, as kubectl and curl speak it without TLS: over HTTP/2 the JDK's client takes a reset
   * of what it still sends for a failure, though the answer was whole.
   */
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final Supplier<HostPort> controller;

  /**
   * @param controller where it listens, asked for each request
   */
  Api(Supplier<HostPort> controller) {
    this.controller = controller;
  }

  /** An answer, read. */
  record Answer(int code, HttpResponse<String> response) {
    JsonNode json() {
      try {
        return MAPPER.readTree(response.body());
      } catch (IOException e) {
        throw new AssertionError(response.body(), e);
      }
    }

    String at(String pointer) {
      return json().at(pointer).asText();
    }

    /** This, if it has the code; its body says why not. */
    Answer is(int wanted) {
      assertThat(code).as(response.body()).isEqualTo(wanted);
      return this;
    }
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://" + controller.get() + path));
  }

  Answer send(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<String> response = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    return new Answer(response.statusCode(), response);
  }

  Answer get(String path) throws IOException, InterruptedException {
    return send(request(path).build());
  }

  Answer delete(String path) throws IOException, InterruptedException {
    return send(request(path).DELETE().build());
  }

  Answer send(String method, String path, String type, String... lines)
      throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Content-Type", type)
            .method(method, HttpRequest.BodyPublishers.ofString(String.join("\n", lines)))
            .build());
  }

  Answer apply(String path, String manager, String... lines)
      throws IOException, InterruptedException {
    return send(
        "PATCH",
        path + (path.contains("?") ? "&" : "?") + "fieldManager=" + manager,
        "application/apply-patch+yaml",
        lines);
  }

  HttpClient client() {
    return CLIENT;
  }
}
