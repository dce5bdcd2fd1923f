package dev.meshagent.testbed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what a controller knows, over its REST interface. Thread-safe. */
public final class ControllerClient {
  private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(60);

  private final URI uri;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ObjectMapper json = new ObjectMapper();

  public ControllerClient(URI uri) {
    this.uri = uri;
  }

  public URI uri() {
    return uri;
  }

  /**
   * @param path with its leading slash
   * @throws UncheckedIOException if the controller does not answer, or not with 200
   */
  public JsonNode get(String path) {
    try {
      return json.readTree(read(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String read(String path) {
    URI target = uri.resolve(path);
    try {
      HttpResponse<String> response =
          http.send(
              HttpRequest.newBuilder(target).timeout(ANSWERS_WITHIN).build(),
              HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IOException(
            target + " answered " + response.statusCode() + ": " + response.body());
      }
      return response.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while reading " + target, e);
    }
  }

  /**
   * What all agents together have counted of themselves since the controller started.
   *
   * @param event such as {@code agentErrors}
   */
  public long agentEvents(String event) {
    Matcher counter =
        Pattern.compile("(?m)^mesh_agent_events_total\\{event=\"" + event + "\"} (\\d+)")
            .matcher(read("/metrics"));
    return counter.find() ? Long.parseLong(counter.group(1)) : 0;
  }

  /** How many live workloads of a service are ready. */
  public long readyWorkloads(String service) {
    long ready = 0;
    for (JsonNode workload : get("/apis/networking.istio.io/v1/workloadentries").path("items")) {
      if (workload.at("/metadata/labels/app").asText().equals(service)) {
        for (JsonNode condition : workload.at("/status/conditions")) {
          boolean isTrue = condition.path("status").asText().equals("True");
          ready += isTrue && condition.path("type").asText().equals("Ready") ? 1 : 0;
        }
      }
    }
    return ready;
  }

  /**
   * Who called whom.
   *
   * @param windowSeconds how far back, 1 to 60
   */
  public List<Edge> edges(int windowSeconds) {
    List<Edge> edges = new ArrayList<>();
    for (JsonNode edge : get("/mesh/v1/edges?window=" + windowSeconds).path("edges")) {
      List<Edge.Share> endpoints = new ArrayList<>();
      for (JsonNode endpoint : edge.path("endpoints")) {
        endpoints.add(
            new Edge.Share(
                endpoint.path("address").asText(),
                endpoint.path("attempts").asLong(),
                endpoint.path("share").asDouble(),
                endpoint.path("ejected").asBoolean()));
      }
      edges.add(
          new Edge(
              name(edge.path("from")),
              name(edge.path("to")),
              edge.path("library").asText(),
              edge.path("calls").asLong(),
              edge.path("perSecond").asDouble(),
              edge.path("failures").asLong(),
              edge.path("p50Micros").asLong(),
              edge.path("p99Micros").asLong(),
              edge.path("retries").asLong(),
              endpoints));
    }
    return edges;
  }

  /** A service by its bare name: everything here lives in one namespace. */
  private static String name(JsonNode service) {
    String text = service.isObject() ? service.path("service").asText() : service.asText();
    return text.substring(text.indexOf('/') + 1);
  }
}
