package dev.meshagent.controller.rest;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.meshagent.controller.stream.ControlStreamService;
import java.util.regex.Pattern;

/** Refuses every method but GET and HEAD where there is nothing to write. Stateless. */
public final class ReadOnly {
  /** What answers for its own methods. */
  private static final Pattern WRITABLE =
      Pattern.compile("/apis?/.*|/mesh/v1/(apply|rollback|explain)");

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
            || WRITABLE.matcher(ctx.path()).matches();
    return served
        ? next.serve(ctx, request)
        : Json.failed(KubeStatus.methodNotAllowed(method.name(), ctx.path()));
  }
}
