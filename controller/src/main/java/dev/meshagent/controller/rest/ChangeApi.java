package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.meshagent.controller.access.Principal;
import dev.meshagent.controller.store.Commit;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.store.ResourceKey;
import dev.meshagent.controller.write.History;
import dev.meshagent.controller.write.Rejection;
import dev.meshagent.controller.write.ResourceWriter;
import dev.meshagent.controller.write.Wish;
import dev.meshagent.controller.write.WriteOptions;
import dev.meshagent.controller.write.Written;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes of several resources as one version, which Kubernetes has no word for: {@code
 * /mesh/v1/apply}, {@code /mesh/v1/history} and {@code /mesh/v1/rollback}.
 */
public final class ChangeApi {
  private static final Logger LOG = LoggerFactory.getLogger(ChangeApi.class);

  private static final String APPLY = "/mesh/v1/apply";
  private static final String HISTORY = "/mesh/v1/history";
  private static final String ROLLBACK = "/mesh/v1/rollback";
  private static final String DEFAULT_NAMESPACE = "default";

  private final ResourceWriter writer;
  private final History history;
  private final WriteQueue queue;
  private final EffectReport effects;

  public ChangeApi(ResourceWriter writer, History history, WriteQueue queue, EffectReport effects) {
    this.writer = writer;
    this.history = history;
    this.queue = queue;
    this.effects = effects;
  }

  public void addTo(ServerBuilder server) {
    server.service(APPLY, this::apply);
    server.service(HISTORY, (ctx, request) -> history(ctx));
    server.service(ROLLBACK, this::rollback);
  }

  private HttpResponse apply(ServiceRequestContext ctx, HttpRequest request) {
    return change(
        ctx,
        request,
        "apply",
        body -> wishes(Bodies.all(request.contentType(), body), ctx.queryParams()));
  }

  private HttpResponse rollback(ServiceRequestContext ctx, HttpRequest request) {
    return change(
        ctx,
        request,
        "rollback to " + ctx.queryParams().get("version", "?"),
        body -> {
          String version = ctx.queryParams().get("version", "");
          try {
            return history.backTo(Long.parseLong(version));
          } catch (NumberFormatException e) {
            throw Rejection.badRequest(
                "version: '" + version + "' is none; write ?version= and one of " + HISTORY);
          }
        });
  }

  private interface Wishes {
    List<Wish> of(byte[] body) throws Rejection;
  }

  private HttpResponse change(
      ServiceRequestContext ctx, HttpRequest request, String action, Wishes wishes) {
    if (request.method() != HttpMethod.POST) {
      return Json.failed(new KubeStatus(405, "MethodNotAllowed", ctx.path() + " takes POST alone"));
    }
    return queue.submit(
        ctx,
        request,
        body -> {
          WriteOptions options =
              Writes.options(Principal.of(ctx).name(), request.headers(), ctx.queryParams(), body);
          Written written = writer.write(wishes.of(body), action, options);
          return HttpResponse.of(answer(written, options, ctx.blockingTaskExecutor()));
        });
  }

  private CompletableFuture<HttpResponse> answer(
      Written written, WriteOptions options, Executor aside) {
    ObjectNode answer = json(written, options);
    // From here on nothing may fail: the change is made, or was found right.
    return CompletableFuture.completedFuture(written)
        .thenCompose(made -> effects.of(made, aside))
        .handle(
            (found, problem) -> {
              if (problem == null) {
                answer.set("effects", found);
              } else {
                LOG.error("the effects of a change could not be told", problem);
                answer
                    .withArray("/warnings")
                    .add("what this changes for callers could not be told: " + why(problem));
              }
              return Json.answer(HttpStatus.OK, answer, false, List.of());
            });
  }

  private static String why(Throwable problem) {
    Throwable cause =
        problem instanceof CompletionException && problem.getCause() != null
            ? problem.getCause()
            : problem;
    return cause instanceof TimeoutException
        ? "the controller has too much to do to find out in time"
        : cause.toString();
  }

  /** Several documents, or a {@code List} of them; each is to be as it says. */
  static List<Wish> wishes(List<JsonNode> documents, QueryParams query) throws Rejection {
    List<JsonNode> all = new ArrayList<>();
    for (JsonNode document : documents) {
      if (document.path("kind").asText().equals("List")) {
        document.path("items").forEach(all::add);
      } else {
        all.add(document);
      }
    }
    if (all.isEmpty()) {
      throw Rejection.badRequest("there is no document in the body; send at least one");
    }
    List<Wish> wishes = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      wishes.add(wish(all.get(i), i + 1, query));
    }
    return wishes;
  }

  private static Wish wish(JsonNode node, int number, QueryParams query) throws Rejection {
    String at = "document " + number + ": ";
    if (!(node instanceof ObjectNode document)) {
      throw Rejection.badRequest(at + "has to be an object");
    }
    String apiVersion = document.path("apiVersion").asText();
    String kindName = document.path("kind").asText();
    Kind kind =
        ServedVersions.kindOf(apiVersion, kindName)
            .orElseThrow(
                () ->
                    Rejection.badRequest(
                        at
                            + "there is no kind '"
                            + kindName
                            + "' in apiVersion '"
                            + apiVersion
                            + "'; "
                            + ServedVersions.instead(apiVersion, kindName)));
    JsonNode metadata = document.path("metadata");
    String namespace = metadata.path("namespace").asText(query.get("namespace", DEFAULT_NAMESPACE));
    ResourceKey key = Writes.key(kind, namespace, metadata.path("name").asText(""));
    return new Wish.Put(key, document);
  }

  private static ObjectNode json(Written written, WriteOptions options) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("version", written.version());
    answer.put("dryRun", options.dryRun());
    ArrayNode resources = answer.putArray("resources");
    for (Written.One one : written.each()) {
      ObjectNode node = resources.addObject();
      node.put("apiVersion", one.key().kind().apiVersion());
      key(node, one.key());
      node.put("outcome", one.outcome().text());
    }
    ArrayNode warnings = answer.putArray("warnings");
    written.warnings().forEach(warnings::add);
    return answer;
  }

  private static void key(ObjectNode node, ResourceKey key) {
    node.put("kind", key.kind().kind);
    node.put("namespace", key.namespace());
    node.put("name", key.name());
  }

  private HttpResponse history(ServiceRequestContext ctx) {
    return HttpResponse.of(
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return Json.ok(json(history.versions()));
              } catch (Rejection e) {
                return Json.failed(KubeStatus.of(e));
              }
            },
            ctx.blockingTaskExecutor()));
  }

  private static ObjectNode json(List<Commit> commits) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    ArrayNode versions = answer.putArray("versions");
    for (Commit commit : commits) {
      ObjectNode version = versions.addObject();
      version.put("version", commit.version());
      version.put("at", commit.at().toString());
      version.put("author", commit.author());
      version.put("action", commit.action());
      ArrayNode resources = version.putArray("resources");
      for (Commit.Changed changed : commit.changes()) {
        ObjectNode resource = resources.addObject();
        key(resource, changed.key());
        String outcome = changed.before().isEmpty() ? "created" : "changed";
        resource.put("outcome", changed.after().isEmpty() ? "deleted" : outcome);
      }
    }
    return answer;
  }
}
