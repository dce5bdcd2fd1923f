package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.meshagent.controller.loop.Loop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * Everything under {@code /api} and {@code /apis}: finds the kind that a path names and answers
 * from its source, on the loop, so that a list is one moment of the mesh.
 */
public final class KubeApi implements HttpService {
  private final Loop loop;
  private final LongSupplier version;
  private final List<ResourceSource> sources;
  private final Discovery discovery;

  /**
   * @param version the resource version of the present; asked on the loop
   */
  public KubeApi(Loop loop, LongSupplier version, List<ResourceSource> sources) {
    this.loop = loop;
    this.version = version;
    this.sources = List.copyOf(sources);
    this.discovery = new Discovery(sources.stream().map(ResourceSource::kind).toList());
  }

  @Override
  public HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) {
    Optional<String> watch = Optional.ofNullable(ctx.queryParam("watch"));
    if (watch.isPresent() && !watch.get().equals("false") && !watch.get().equals("0")) {
      return Json.failed(
          new KubeStatus(
              405, "MethodNotAllowed", "watch is not served; ask again for the list instead"));
    }
    Optional<ResourcePath> path = ResourcePath.parse(ctx.path());
    if (path.isEmpty()) {
      return Json.failed(unknown(ctx.path()));
    }
    if (path.get().resource().isEmpty()) {
      return discovery
          .answer(path.get())
          .map(Json::ok)
          .orElseGet(() -> Json.failed(unknown(ctx.path())));
    }
    LabelSelector selector;
    try {
      selector = LabelSelector.parse(ctx.queryParams().get("labelSelector", ""));
    } catch (IllegalArgumentException e) {
      return Json.failed(KubeStatus.badRequest(e.getMessage()));
    }
    if (!ctx.queryParams().get("fieldSelector", "").isEmpty()) {
      return Json.failed(
          KubeStatus.badRequest(
              "fieldSelector is not served; select by labels, or name the object"));
    }
    CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            answer.complete(read(path.get(), selector, ctx.path()));
          } catch (RuntimeException e) {
            answer.completeExceptionally(e);
          }
        });
    return HttpResponse.of(answer);
  }

  private HttpResponse read(ResourcePath path, LabelSelector selector, String text) {
    Optional<ResourceSource> source = sources.stream().filter(s -> matches(s, path)).findFirst();
    if (source.isEmpty()) {
      return Json.failed(unknown(text));
    }
    ResourceKind kind = source.get().kind();
    List<ObjectNode> all =
        source.get().list().stream()
            .filter(
                object ->
                    path.namespace().isEmpty()
                        || path.namespace().get().equals(meta(object, "namespace")))
            .toList();
    if (path.name().isEmpty()) {
      return Json.ok(
          list(kind, all.stream().filter(object -> selector.matches(labels(object))).toList()));
    }
    return all.stream()
        .filter(object -> path.name().get().equals(meta(object, "name")))
        .findFirst()
        .map(Json::ok)
        .orElseGet(() -> Json.failed(absent(kind, path.name().get())));
  }

  private static boolean matches(ResourceSource source, ResourcePath path) {
    ResourceKind kind = source.kind();
    boolean named = path.name().isPresent();
    boolean scopeFits =
        path.namespace().isPresent() ? kind.namespaced() : !(kind.namespaced() && named);
    boolean statusAtMost =
        path.subresource().isEmpty() || path.subresource().get().equals("status");
    return path.core() == kind.group().isEmpty()
        && kind.group().equals(path.group())
        && kind.version().equals(path.version())
        && kind.plural().equals(path.resource())
        && scopeFits
        && statusAtMost;
  }

  private ObjectNode list(ResourceKind kind, List<ObjectNode> items) {
    ObjectNode list = JsonNodeFactory.instance.objectNode();
    list.put("kind", kind.kind() + "List");
    list.put("apiVersion", kind.apiVersion());
    list.putObject("metadata").put("resourceVersion", Long.toString(version.getAsLong()));
    ArrayNode array = list.putArray("items");
    items.forEach(array::add);
    return list;
  }

  private static Map<String, String> labels(ObjectNode object) {
    Map<String, String> labels = new HashMap<>();
    object
        .path("metadata")
        .path("labels")
        .properties()
        .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
    return labels;
  }

  private static String meta(JsonNode object, String field) {
    return object.path("metadata").path(field).asText();
  }

  private static KubeStatus absent(ResourceKind kind, String name) {
    String resource = kind.plural() + (kind.group().isEmpty() ? "" : "." + kind.group());
    return KubeStatus.notFound(resource + " \"" + name + "\" not found");
  }

  private static KubeStatus unknown(String path) {
    return KubeStatus.notFound(
        "the server could not find " + path + "; GET /apis and /api tell what there is");
  }
}
