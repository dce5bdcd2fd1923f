package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.meshagent.controller.ControllerVersion;
import dev.meshagent.controller.loop.Loop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Liveness, readiness and version, where and as a Kubernetes API server has them. */
public final class Probes {
  /** A loop that takes this long over what is before us is no longer serving. */
  private static final long LOOP_SECONDS = 2;

  private final Loop loop;
  private final ControllerVersion version;

  public Probes(Loop loop, ControllerVersion version) {
    this.loop = loop;
    this.version = version;
  }

  /** Adds {@code /livez}, {@code /healthz}, {@code /readyz} and {@code /version}. */
  public void addTo(ServerBuilder server) {
    server.service("/healthz", (ctx, request) -> probe(ctx, "healthz"));
    server.service("/livez", (ctx, request) -> probe(ctx, "livez"));
    server.service("/readyz", (ctx, request) -> probe(ctx, "readyz"));
    server.service("/version", (ctx, request) -> Json.ok(version()));
  }

  private HttpResponse probe(ServiceRequestContext ctx, String name) {
    CompletableFuture<Boolean> loopRuns = new CompletableFuture<>();
    loop.execute(() -> loopRuns.complete(true));
    return HttpResponse.of(
        loopRuns
            .completeOnTimeout(false, LOOP_SECONDS, TimeUnit.SECONDS)
            .thenApply(runs -> answer(name, runs, ctx.queryParam("verbose") != null)));
  }

  private static HttpResponse answer(String name, boolean runs, boolean verbose) {
    HttpStatus status = runs ? HttpStatus.OK : HttpStatus.INTERNAL_SERVER_ERROR;
    if (runs && !verbose) {
      return HttpResponse.of(status, MediaType.PLAIN_TEXT_UTF_8, "ok");
    }
    String text =
        "[+]listening ok\n"
            + (runs ? "[+]loop ok\n" : "[-]loop failed: it is busy for more than 2 s\n")
            + name
            + (runs ? " check passed\n" : " check failed\n");
    return HttpResponse.of(status, MediaType.PLAIN_TEXT_UTF_8, text);
  }

  private ObjectNode version() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("major", version.major());
    node.put("minor", version.minor());
    node.put("gitVersion", "v" + version.version());
    node.put("platform", System.getProperty("os.name") + "/" + System.getProperty("os.arch"));
    node.put("javaVersion", System.getProperty("java.version"));
    return node;
  }
}
