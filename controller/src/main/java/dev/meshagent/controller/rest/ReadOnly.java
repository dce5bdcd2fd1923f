package dev.meshagent.controller.rest;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.meshagent.controller.explain.ExplainApi;
import dev.meshagent.controller.stream.ControlStreamService;

/** Refuses every method but GET and HEAD, as long as there is nothing to write. Stateless. */
public final class ReadOnly {
  private ReadOnly() {}

  /** A decorator of the whole server. */
  public static HttpResponse serve(HttpService next, ServiceRequestContext ctx, HttpRequest request)
      throws Exception {
    HttpMethod method = request.method();
    // Over HTTP/2 a WebSocket is opened with CONNECT (RFC 8441).
    boolean served =
        method == HttpMethod.GET
            || method == HttpMethod.HEAD
            || ctx.path().equals(ControlStreamService.PATH)
            || ctx.path().equals(ExplainApi.PATH);
    return served
        ? next.serve(ctx, request)
        : Json.failed(KubeStatus.methodNotAllowed(method.name(), ctx.path()));
  }
}
