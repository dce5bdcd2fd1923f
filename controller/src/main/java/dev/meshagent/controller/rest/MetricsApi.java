package dev.meshagent.controller.rest;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.meshagent.controller.loop.Loop;
import dev.meshagent.controller.push.Directory;
import dev.meshagent.controller.registry.Workload;
import dev.meshagent.controller.registry.WorkloadRegistry;
import dev.meshagent.controller.stream.AgentInfo;
import dev.meshagent.controller.stream.AgentSessions;
import dev.meshagent.controller.stream.StreamCounters;
import dev.meshagent.controller.telemetry.Edges;
import dev.meshagent.controller.telemetry.MeshMetrics;
import dev.meshagent.engine.snapshot.Health;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** {@code /metrics}, for Prometheus. */
public final class MetricsApi implements HttpService {
  private static final MediaType TEXT = MediaType.parse("text/plain; version=0.0.4; charset=utf-8");

  private final Loop loop;
  private final WorkloadRegistry registry;
  private final Directory directory;
  private final AgentSessions sessions;
  private final Edges edges;

  public MetricsApi(
      Loop loop,
      WorkloadRegistry registry,
      Directory directory,
      AgentSessions sessions,
      Edges edges) {
    this.loop = loop;
    this.registry = registry;
    this.directory = directory;
    this.sessions = sessions;
    this.edges = edges;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) {
    CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            answer.complete(HttpResponse.of(HttpStatus.OK, TEXT, scrape()));
          } catch (RuntimeException e) {
            answer.completeExceptionally(e);
          }
        });
    return HttpResponse.of(answer);
  }

  private String scrape() {
    Map<String, Long> byHealth = new TreeMap<>();
    for (Health health : Health.values()) {
      byHealth.put(word(health), 0L);
    }
    for (Workload workload : registry.all()) {
      byHealth.merge(word(workload.health()), 1L, Long::sum);
    }
    Map<String, Long> agentCounters = new TreeMap<>(sessions.reported());
    StreamCounters counters = sessions.counters();
    return new MeshMetrics()
        .gauge("mesh_agents", "Agents connected now.", sessions.agents().size())
        .gauge(
            "mesh_subscriptions",
            "Services that connected agents are subscribed to, in sum.",
            sessions.agents().stream().map(AgentInfo::subscriptions).mapToInt(s -> s.size()).sum())
        .gauges("mesh_workloads", "Live workloads by health.", "health", byHealth)
        .gauge("mesh_services", "Services by name.", directory.services().size())
        .counters(
            "mesh_control_frames_received",
            "Frames from agents by type.",
            "type",
            counters.received())
        .counters("mesh_control_frames_sent", "Frames to agents by type.", "type", counters.sent())
        .counter(
            "mesh_control_frames_malformed",
            "Frames over which a connection was closed.",
            counters.malformedFrames())
        .counter(
            "mesh_control_pushes_refused",
            "Snapshots and deltas that agents refused.",
            counters.refusedPushes())
        .counter(
            "mesh_telemetry_unreadable_histograms",
            "Histograms of agents that could not be read.",
            counters.unreadableHistograms())
        .counters(
            "mesh_agent_events", "What agents count of themselves, in sum.", "event", agentCounters)
        .edges(edges)
        .text();
  }

  private static String word(Health health) {
    return health.name().toLowerCase(Locale.ROOT);
  }
}
