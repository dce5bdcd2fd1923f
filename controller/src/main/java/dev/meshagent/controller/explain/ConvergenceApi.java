package dev.meshagent.controller.explain;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.meshagent.controller.compile.document.Durations;
import dev.meshagent.controller.loop.Loop;
import dev.meshagent.controller.push.Directory;
import dev.meshagent.controller.push.Rollouts;
import dev.meshagent.controller.rest.Json;
import dev.meshagent.controller.rest.KubeStatus;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * {@code GET /mesh/v1/convergence?version=…[&wait=10s]}: how many of the agents that a version
 * concerns have taken it, and which would not. With {@code wait} it answers when all have answered,
 * or when that time is over. Without {@code version} it is the latest that was written; one that
 * was not written yet is not found.
 */
public final class ConvergenceApi implements HttpService {
  public static final String PATH = "/mesh/v1/convergence";

  private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** How often it is looked again while somebody waits. */
  private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  /** Agents named in an answer; the counts are of all. */
  private static final int NAMED = 100;

  private final Loop loop;
  private final Directory directory;
  private final LongSupplier latest;

  /**
   * @param latest the version of the last change
   */
  public ConvergenceApi(Loop loop, Directory directory, LongSupplier latest) {
    this.loop = loop;
    this.directory = directory;
    this.latest = latest;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) {
    String version = ctx.queryParams().get("version", "");
    if (!version.matches("[0-9]{0,18}")) {
      return Json.failed(
          KubeStatus.badRequest("version=" + version + ": give the number that apply answered"));
    }
    long last = latest.getAsLong();
    long meant = version.isEmpty() ? last : Long.parseLong(version);
    if (meant > last) {
      return Json.failed(
          KubeStatus.notFound("no such version: " + meant + "; the latest is " + last));
    }
    String wait = ctx.queryParams().get("wait", "0");
    OptionalLong nanos = Durations.nanos(wait);
    if (nanos.isEmpty() || nanos.getAsLong() > LONGEST_WAIT_NANOS) {
      return Json.failed(
          KubeStatus.badRequest("wait=" + wait + ": give a duration of at most 60s, such as 10s"));
    }
    ctx.setRequestTimeout(Duration.ofNanos(LONGEST_WAIT_NANOS).plusSeconds(5));
    CompletableFuture<HttpResponse> response = new CompletableFuture<>();
    loop.execute(() -> look(meant, loop.nanos() + nanos.getAsLong(), response));
    return HttpResponse.of(response);
  }

  private void look(long version, long untilNanos, CompletableFuture<HttpResponse> response) {
    try {
      Rollouts rollouts = directory.rollouts();
      if (rollouts.answered(version) || untilNanos - loop.nanos() <= 0) {
        response.complete(Json.ok(json(rollouts.of(version))));
      } else {
        loop.schedule(() -> look(version, untilNanos, response), LOOK_AGAIN_NANOS);
      }
    } catch (RuntimeException e) {
      response.completeExceptionally(e);
    }
  }

  private static ObjectNode json(Rollouts.Progress progress) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("version", progress.version());
    answer.put("compiled", progress.compiled());
    answer.put("converged", progress.converged());
    ObjectNode agents = answer.putObject("agents");
    agents.put("concerned", progress.concerned());
    agents.put("acked", progress.acked());
    ArrayNode refused = answer.putArray("refused");
    progress.refused().stream()
        .limit(NAMED)
        .forEach(
            no ->
                refused
                    .addObject()
                    .put("agent", no.uid())
                    .put("service", no.service().toString())
                    .put("path", no.path())
                    .put("error", no.error()));
    ArrayNode waiting = answer.putArray("waiting");
    progress.waiting().stream()
        .limit(NAMED)
        .forEach(
            yet ->
                waiting
                    .addObject()
                    .put("agent", yet.uid())
                    .put("service", yet.service().toString()));
    return answer;
  }
}
