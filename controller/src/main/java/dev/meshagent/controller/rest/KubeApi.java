package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.meshagent.controller.access.Principal;
import dev.meshagent.controller.catalog.Catalog;
import dev.meshagent.controller.catalog.Gone;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.controller.write.Rejection;
import dev.meshagent.controller.write.ResourceWriter;
import dev.meshagent.controller.write.Wish;
import dev.meshagent.controller.write.WriteOptions;
import dev.meshagent.controller.write.Written;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Everything under {@code /api} and {@code /apis}, by the Kubernetes API conventions. */
public final class KubeApi implements HttpService {
  private final Catalog catalog;
  private final ResourceWriter writer;
  private final WriteQueue queue;
  private final Reads reads;
  private final Writes writes;

  public KubeApi(Catalog catalog, ResourceWriter writer, WriteQueue queue) {
    this.catalog = catalog;
    this.writer = writer;
    this.queue = queue;
    this.reads = new Reads(catalog, System::currentTimeMillis);
    this.writes = new Writes(catalog);
  }

  /** Adds its paths, over HTTP and, for watches, over WebSockets. */
  public void addTo(ServerBuilder server) {
    server.service("/api", this).service("/apis", this);
    server.service("prefix:/api/", this).service("prefix:/apis/", this);
    new WatchSocket(catalog).addTo(server);
  }

  @Override
  public HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) {
    Optional<ResourcePath> path = ResourcePath.parse(ctx.path());
    boolean reading = request.method() == HttpMethod.GET || request.method() == HttpMethod.HEAD;
    if (path.isPresent() && path.get().resource().isEmpty() && reading) {
      return Discovery.answer(path.get())
          .map(Json::ok)
          .orElseGet(() -> Json.failed(unknown(ctx.path())));
    }
    Optional<Target> found = path.flatMap(Target::of);
    if (!reading) {
      // The body is taken in first, whatever the answer: a client that still sends would miss it.
      return queue.submit(ctx, request, body -> write(ctx, request, found, body));
    }
    if (found.isEmpty()) {
      return Json.failed(unknown(ctx.path()));
    }
    try {
      return read(ctx, request, Presentation.of(found.get(), request.headers(), ctx.queryParams()));
    } catch (Rejection e) {
      return Json.failed(KubeStatus.of(e));
    } catch (Gone e) {
      return Json.failed(KubeStatus.expired(e.getMessage()));
    }
  }

  private HttpResponse write(
      ServiceRequestContext ctx, HttpRequest request, Optional<Target> found, byte[] body)
      throws Rejection {
    if (found.isEmpty()) {
      return Json.failed(unknown(ctx.path()));
    }
    Target target = found.get();
    refuseMethod(target, request.method(), ctx.path());
    WriteOptions options =
        Writes.options(Principal.of(ctx).name(), request.headers(), ctx.queryParams(), body);
    List<Wish> wishes = writes.wishes(target, request.headers(), ctx.queryParams(), body);
    return written(
        request, Presentation.of(target, request.headers(), ctx.queryParams()), wishes, options);
  }

  private HttpResponse read(ServiceRequestContext ctx, HttpRequest request, Presentation as)
      throws Rejection, Gone {
    if (watches(ctx)) {
      return WatchStream.open(ctx, catalog, as);
    }
    boolean yaml = yaml(request);
    if (as.target().name().isPresent()) {
      return Json.answer(HttpStatus.OK, reads.get(as), yaml, List.of());
    }
    // A list may be long: not on the loop that serves the control streams.
    return HttpResponse.of(
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return Json.answer(
                    HttpStatus.OK, reads.list(as, ctx.queryParams()), yaml, List.of());
              } catch (Rejection e) {
                return Json.failed(KubeStatus.of(e));
              } catch (Gone e) {
                return Json.failed(KubeStatus.expired(e.getMessage()));
              }
            },
            ctx.blockingTaskExecutor()));
  }

  static boolean watches(ServiceRequestContext ctx) {
    String watch = ctx.queryParams().get("watch", "false");
    return !watch.equals("false") && !watch.equals("0");
  }

  private static boolean yaml(HttpRequest request) {
    return request
        .headers()
        .get(HttpHeaderNames.ACCEPT, "")
        .split(",", 2)[0]
        .contains("application/yaml");
  }

  private static void refuseMethod(Target target, HttpMethod method, String path) throws Rejection {
    if (target.status()) {
      throw Rejection.methodNotAllowed(
          method + " on " + path,
          "the status is what the controller says of the resource, and nobody else writes there;"
              + " change the rest of it at "
              + path.substring(0, path.lastIndexOf('/')));
    }
    boolean fits =
        target.name().isPresent()
            ? method == HttpMethod.PUT || method == HttpMethod.PATCH || method == HttpMethod.DELETE
            : method == HttpMethod.POST || method == HttpMethod.DELETE;
    if (!fits) {
      throw Rejection.methodNotAllowed(
          method + " on " + path,
          target.name().isPresent()
              ? "there are GET, PUT, PATCH and DELETE"
              : "there are GET, POST and DELETE");
    }
    if (method != HttpMethod.DELETE && target.kind().namespaced && target.namespace().isEmpty()) {
      throw Rejection.badRequest(
          "name a namespace: …/namespaces/<namespace>/" + target.kind().plural);
    }
  }

  private HttpResponse written(
      HttpRequest request, Presentation as, List<Wish> wishes, WriteOptions options)
      throws Rejection {
    HttpMethod method = request.method();
    String action =
        method.name()
            + " "
            + (wishes.size() == 1 ? wishes.get(0).key() : as.target().kind().plural);
    Written written = writer.write(wishes, action, options);
    boolean yaml = yaml(request);
    if (method == HttpMethod.DELETE) {
      return Json.answer(HttpStatus.OK, deleted(as, written), yaml, written.warnings());
    }
    Written.One one = written.only().orElseThrow();
    HttpStatus status =
        one.outcome() == Written.Outcome.CREATED && method != HttpMethod.PUT
            ? HttpStatus.CREATED
            : HttpStatus.OK;
    return Json.answer(
        status,
        as.one(
            new Resource(one.key(), one.document(), written.version()), System.currentTimeMillis()),
        yaml,
        written.warnings());
  }

  private static ObjectNode deleted(Presentation as, Written written) {
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    status.put("kind", "Status");
    status.put("apiVersion", "v1");
    status.putObject("metadata");
    status.put("status", "Success");
    ObjectNode details = status.putObject("details");
    details.put("group", as.target().kind().group);
    details.put("kind", as.target().kind().plural);
    written
        .only()
        .ifPresent(
            one -> {
              details.put("name", one.key().name());
              details.put("uid", one.document().at("/metadata/uid").asText());
            });
    return status;
  }

  static KubeStatus unknown(String path) {
    return KubeStatus.notFound(
        "the server could not find " + path + "; GET /apis and /api tell what there is");
  }
}
