package dev.meshagent.controller.explain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.meshagent.controller.loop.Loop;
import dev.meshagent.controller.push.Directory;
import dev.meshagent.controller.rest.Json;
import dev.meshagent.controller.rest.KubeStatus;
import java.util.concurrent.CompletableFuture;

/** {@code POST /mesh/v1/explain}: what becomes of a request, and why. */
public final class ExplainApi implements HttpService {
  public static final String PATH = "/mesh/v1/explain";

  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final int LARGEST_BODY = 64 * 1024;

  private final Loop loop;
  private final Explanations explanations;

  public ExplainApi(Loop loop, Directory directory) {
    this.loop = loop;
    this.explanations = new Explanations(directory);
  }

  @Override
  public HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) {
    if (request.method() != HttpMethod.POST) {
      return Json.failed(
          new KubeStatus(
              405,
              "MethodNotAllowed",
              "POST a request head to " + PATH + ", such as {\"url\": \"http://orders/list\"}"));
    }
    ctx.setMaxRequestLength(LARGEST_BODY);
    return HttpResponse.of(request.aggregate().thenCompose(this::explain));
  }

  private CompletableFuture<HttpResponse> explain(AggregatedHttpRequest request) {
    CompletableFuture<HttpResponse> response = new CompletableFuture<>();
    try {
      JsonNode body = MAPPER.readTree(request.contentUtf8());
      AskedRequest asked = AskedRequest.read(body);
      loop.execute(
          () -> {
            try {
              response.complete(Json.ok(explanations.of(asked)));
            } catch (RuntimeException e) {
              response.completeExceptionally(e);
            }
          });
    } catch (JsonProcessingException e) {
      response.complete(
          Json.failed(KubeStatus.badRequest("the body is no JSON: " + e.getOriginalMessage())));
    } catch (IllegalArgumentException e) {
      response.complete(Json.failed(KubeStatus.badRequest(e.getMessage())));
    }
    return response;
  }
}
