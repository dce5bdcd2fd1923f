package dev.meshagent.it.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.meshagent.testbed.Artifacts;
import dev.meshagent.testbed.ChildProcess;
import dev.meshagent.testbed.ControllerClient;
import dev.meshagent.testbed.JavaCommand;
import dev.meshagent.testbed.Kubectl;
import dev.meshagent.testbed.LocalMesh;
import dev.meshagent.testbed.MeshCli;
import dev.meshagent.testbed.Polling;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A controller, and a process under the agent that calls whom it is told to. The services that it
 * calls are servers of the test, declared by hand.
 */
final class PolicyMesh implements AutoCloseable {
  private static final Duration WITHIN = Duration.ofSeconds(120);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String RELAY = "dev.meshagent.fixtures.Relay";

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final LocalMesh mesh = LocalMesh.create(Artifacts.ofSystemProperty());
  private final List<Echo> echoes = new ArrayList<>();
  private final ControllerClient controller;
  private final Kubectl kubectl;
  private final URI relay;

  /**
   * What became of a call.
   *
   * @param status of HTTP, or the number of gRPC's
   */
  record Answer(int status, long millis, String location, String text) {
    /** Who answered, if an {@link Echo} or its like over gRPC did. */
    String by() {
      return text.split(" ")[0];
    }
  }

  /** What the controller said to a request. */
  record Reply(int status, JsonNode body) {}

  PolicyMesh() {
    controller = mesh.startController();
    kubectl =
        Kubectl.at(
            mesh.directory().resolve("kubectl"),
            new MeshCli(mesh.artifacts(), controller.uri()).run("kubeconfig").output());
    relay = URI.create("http://127.0.0.1:" + startProcess("productpage"));
    awaitReady("productpage", 1);
  }

  /** Starts a process under the agent that answers every request with 200; gives its port. */
  int startProcess(String service, String... options) {
    return start(service, RELAY, new String[0], options);
  }

  /** Starts a gRPC server under the agent that says of itself that it is the service's. */
  void serveGrpc(String service) {
    start(service, "dev.meshagent.fixtures.GrpcEcho", new String[] {service});
    awaitReady(service, 1);
  }

  private int start(String service, String mainClass, String[] arguments, String... options) {
    // The shop's jar names grpc-java.
    String jars = mesh.artifacts().fixtures() + File.pathSeparator + mesh.artifacts().shop();
    ChildProcess process =
        mesh.start(
            service,
            JavaCommand.ofThisJdk()
                .option("-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
                .option(mesh.agent(service))
                .option(options)
                .main(jars, mainClass, arguments));
    return LocalMesh.awaitPort(process);
  }

  /** Waits until so many live workloads of a service are ready. */
  void awaitReady(String service, int count) {
    Polling.until(
        () -> controller.readyWorkloads(service) == count,
        WITHIN,
        () -> "not " + count + " workloads of " + service + " are ready");
  }

  /** The live workloads, and those that were written, as the controller shows them. */
  JsonNode workloads() {
    return controller.get("/apis/networking.istio.io/v1/workloadentries").path("items");
  }

  /**
   * Starts servers of a service in the default namespace, one for each version, and declares it.
   */
  List<Echo> serve(String service, String... versions) {
    StringBuilder entry =
        new StringBuilder(
            """
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: %1$s}
            spec:
              hosts: [%1$s]
              location: MESH_INTERNAL
              resolution: STATIC
              ports: [{name: http, number: 80, protocol: HTTP}]
              endpoints:
            """
                .formatted(service));
    List<Echo> started = new ArrayList<>();
    for (String version : versions) {
      Echo echo = new Echo(version);
      started.add(echo);
      entry.append(
          "  - {address: 127.0.0.1, ports: {http: %d}, labels: {version: %s}}\n"
              .formatted(echo.port(), version));
    }
    echoes.addAll(started);
    apply(entry.toString());
    // The agent may hear of the name a moment after it has taken the rest; the first call that goes
    // there waits for the service's snapshot, and from then on the agent is subscribed.
    Answer[] first = new Answer[1];
    Polling.until(
        () -> {
          first[0] = call("jdk GET http://" + service + "/first");
          return List.of(versions).contains(first[0].by());
        },
        WITHIN,
        () -> service + " is not reached: " + first[0]);
    return started;
  }

  /** A DestinationRule with a subset for each version. */
  static String subsets(String service, String... versions) {
    StringBuilder rule =
        new StringBuilder(
            """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: %1$s}
            spec:
              host: %1$s
              subsets:
            """
                .formatted(service));
    for (String version : versions) {
      rule.append("  - {name: %1$s, labels: {version: %1$s}}\n".formatted(version));
    }
    return rule.append("---\n").toString();
  }

  /** A VirtualService with these routes, each an element of its list {@code http}. */
  static String virtualService(String service, String http) {
    return """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: %1$s}
        spec:
          hosts: [%1$s]
          http:
        %2$s
        ---
        """
        .formatted(service, http.strip().indent(4));
  }

  /** Applies documents with kubectl, and returns when the agent has taken them. */
  void apply(String yaml) {
    kubectl.runWithInput(yaml, "apply", "-f", "-").endedWith(0);
    JsonNode[] progress = new JsonNode[1];
    Polling.until(
        () -> {
          progress[0] = controller.get("/mesh/v1/convergence?wait=10s");
          return progress[0].path("converged").asBoolean();
        },
        WITHIN,
        () -> "not taken by the agent: " + progress[0] + "\n" + yaml);
  }

  /** Deletes a resource with kubectl. */
  void delete(String kind, String name) {
    kubectl.run("delete", kind, name).endedWith(0);
  }

  /** Applies documents, all or none, whether or not the controller takes them. */
  Reply tryApply(String yaml) {
    return send(
        HttpRequest.newBuilder(controller.uri().resolve("/mesh/v1/apply"))
            .header("Content-Type", "application/yaml")
            .POST(HttpRequest.BodyPublishers.ofString(yaml)));
  }

  JsonNode explain(String method, String url) {
    return send(HttpRequest.newBuilder(controller.uri().resolve("/mesh/v1/explain"))
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"method\": \"%s\", \"url\": \"%s\", \"caller\": {\"service\":"
                            .formatted(method, url)
                        + " \"productpage\"}}")))
        .body;
  }

  private Reply send(HttpRequest.Builder request) {
    HttpResponse<String> response = exchange(request);
    try {
      return new Reply(response.statusCode(), JSON.readTree(response.body()));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpResponse<String> exchange(HttpRequest.Builder request) {
    try {
      return http.send(request.timeout(WITHIN).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Lets the process under the agent make one call; the words are those of its fixture. */
  Answer call(String words) {
    return calls(1, words).get(0);
  }

  /** The same call so many times, one after the other. */
  List<Answer> calls(int count, String words) {
    return answers(exchange(relayed(count, words)).body());
  }

  /** Begins a call that may never end. */
  CompletableFuture<Answer> begin(String words) {
    return http.sendAsync(relayed(1, words).build(), HttpResponse.BodyHandlers.ofString())
        .thenApply(response -> answers(response.body()).get(0));
  }

  private HttpRequest.Builder relayed(int count, String words) {
    String lines = String.join("\n", Collections.nCopies(count, words));
    return HttpRequest.newBuilder(relay).POST(HttpRequest.BodyPublishers.ofString(lines));
  }

  private static List<Answer> answers(String lines) {
    return lines
        .lines()
        .map(line -> line.split("\t", -1))
        .map(f -> new Answer(Integer.parseInt(f[0]), Long.parseLong(f[1]), f[2], f[3]))
        .toList();
  }

  @Override
  public void close() {
    mesh.close();
    echoes.forEach(Echo::close);
  }

  /** All went well. */
  void discardLogs() {
    mesh.discardLogs();
  }
}
