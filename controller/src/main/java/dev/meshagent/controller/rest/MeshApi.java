package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.meshagent.controller.loop.Loop;
import dev.meshagent.controller.push.Subscription;
import dev.meshagent.controller.registry.WorkloadRegistry;
import dev.meshagent.controller.stream.AgentFrame;
import dev.meshagent.controller.stream.AgentInfo;
import dev.meshagent.controller.stream.AgentSessions;
import dev.meshagent.controller.telemetry.EdgeSummary;
import dev.meshagent.controller.telemetry.Edges;
import dev.meshagent.engine.snapshot.ServiceId;
import java.util.Comparator;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * What the mesh knows of itself and no Kubernetes kind has room for: {@code /mesh/v1/edges} and
 * {@code /mesh/v1/agents}.
 */
public final class MeshApi implements HttpService {
  private final Loop loop;
  private final WorkloadRegistry registry;
  private final AgentSessions sessions;
  private final Edges edges;
  private final EndpointAddresses addresses;

  public MeshApi(
      Loop loop,
      WorkloadRegistry registry,
      AgentSessions sessions,
      Edges edges,
      EndpointAddresses addresses) {
    this.loop = loop;
    this.addresses = addresses;
    this.registry = registry;
    this.sessions = sessions;
    this.edges = edges;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) {
    switch (ctx.path()) {
      case "/mesh/v1/edges":
        String window = ctx.queryParams().get("window", "1");
        int seconds;
        try {
          seconds = Integer.parseInt(window);
        } catch (NumberFormatException e) {
          seconds = 0;
        }
        if (seconds < 1 || seconds > Edges.MAX_WINDOW_SECONDS) {
          return Json.failed(
              KubeStatus.badRequest(
                  "window="
                      + window
                      + ": give whole seconds from 1 to "
                      + Edges.MAX_WINDOW_SECONDS));
        }
        int asked = seconds;
        return onLoop(() -> edges(asked));
      case "/mesh/v1/agents":
        return onLoop(this::agents);
      default:
        return Json.failed(
            KubeStatus.notFound(
                "the server could not find "
                    + ctx.path()
                    + "; there are /mesh/v1/edges and /mesh/v1/agents"));
    }
  }

  private HttpResponse onLoop(Supplier<ObjectNode> answer) {
    CompletableFuture<HttpResponse> response = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            response.complete(Json.ok(answer.get()));
          } catch (RuntimeException e) {
            response.completeExceptionally(e);
          }
        });
    return HttpResponse.of(response);
  }

  private ObjectNode edges(int seconds) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("windowSeconds", seconds);
    ArrayNode array = answer.putArray("edges");
    long calls = 0;
    long failures = 0;
    for (EdgeSummary edge : edges.summary(seconds)) {
      edge(array.addObject(), edge);
      calls += edge.totalCalls();
      failures += edge.totalFailures();
    }
    total(answer, calls, failures);
    return answer;
  }

  private void edge(ObjectNode node, EdgeSummary edge) {
    service(node.putObject("from"), edge.from());
    service(node.putObject("to"), edge.to());
    node.put("library", edge.library());
    node.put("calls", edge.calls());
    node.put("perSecond", edge.perSecond());
    node.put("successes", edge.successes());
    node.put("failures", edge.failures());
    ObjectNode byOutcome = node.putObject("byOutcome");
    edge.byOutcome().forEach(byOutcome::put);
    node.put("p50Micros", edge.p50Micros());
    node.put("p99Micros", edge.p99Micros());
    node.put("retries", edge.retries());
    ArrayNode endpoints = node.putArray("endpoints");
    for (EdgeSummary.EndpointSummary endpoint : edge.endpoints()) {
      ObjectNode entry = endpoints.addObject();
      entry.put("uid", endpoint.uid());
      entry.put("address", addresses.find(edge.to(), endpoint.uid()).orElse(""));
      entry.put("attempts", endpoint.attempts());
      entry.put("share", endpoint.share());
      entry.put("failures", endpoint.failures());
      entry.put("ewmaMicros", endpoint.ewmaMicros());
      entry.put("ejected", endpoint.ejected());
    }
    total(node, edge.totalCalls(), edge.totalFailures());
  }

  private static void total(ObjectNode node, long calls, long failures) {
    ObjectNode total = node.putObject("total");
    total.put("calls", calls);
    total.put("failures", failures);
  }

  private static void service(ObjectNode node, ServiceId service) {
    node.put("namespace", service.namespace);
    node.put("service", service.name);
  }

  private ObjectNode agents() {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    ArrayNode array = answer.putArray("agents");
    sessions.agents().stream()
        .sorted(
            Comparator.comparing((AgentInfo agent) -> agent.hello().service())
                .thenComparing(agent -> agent.hello().uid()))
        .forEach(agent -> agent(array.addObject(), agent));
    return answer;
  }

  private void agent(ObjectNode node, AgentInfo agent) {
    AgentFrame.Hello hello = agent.hello();
    node.put("uid", hello.uid());
    node.put("namespace", hello.service().namespace);
    node.put("service", hello.service().name);
    node.put("version", hello.labels().getOrDefault("version", ""));
    node.put("agentVersion", hello.agentVersion());
    node.put("javaVersion", hello.javaVersion());
    node.put("host", hello.host());
    node.put("pid", hello.pid());
    node.put("address", agent.address());
    node.put("connectedSince", ObjectMeta.time(agent.connectedSince()));
    node.put(
        "health",
        registry.find(hello.uid()).map(w -> w.health().name().toLowerCase(Locale.ROOT)).orElse(""));
    ArrayNode subscriptions = node.putArray("subscriptions");
    for (Subscription subscription : agent.subscriptions()) {
      ObjectNode entry = subscriptions.addObject();
      entry.put("service", subscription.view().id().toString());
      entry.put("seq", subscription.view().seq());
      entry.put("ackedSeq", subscription.ackedSeq());
      entry.put("ackedHash", subscription.ackedHash());
      subscription
          .refusal()
          .ifPresent(
              refusal ->
                  entry
                      .putObject("refused")
                      .put("path", refusal.path())
                      .put("error", refusal.error()));
    }
  }
}
