package dev.meshagent.controller.rest;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.meshagent.controller.access.Principal;
import dev.meshagent.controller.access.Role;
import dev.meshagent.controller.access.Tokens;
import dev.meshagent.controller.stream.ControlStreamService;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Lets a request pass if its token is good for what it asks. Stateless but for the tokens. */
public final class Gate {
  private static final String SCHEME = "bearer ";

  /** What a load balancer asks, which tells nothing of the mesh. */
  private static final Set<String> OPEN = Set.of("/healthz", "/livez", "/readyz", "/version");

  /** Questions that are asked with POST for their length. */
  private static final String EXPLAIN = "/mesh/v1/explain";

  private final Tokens tokens;

  public Gate(Tokens tokens) {
    this.tokens = tokens;
  }

  /** A decorator of the whole server. */
  public HttpResponse serve(HttpService next, ServiceRequestContext ctx, HttpRequest request)
      throws Exception {
    if (OPEN.contains(ctx.path())) {
      return next.serve(ctx, request);
    }
    Optional<Principal> who =
        token(request.headers().get(HttpHeaderNames.AUTHORIZATION, "")).flatMap(tokens::find);
    if (who.isEmpty()) {
      return Json.failed(
          new KubeStatus(
              401,
              "Unauthorized",
              "send a token that the controller knows: Authorization: Bearer <token>"));
    }
    Role needed = needed(ctx.path(), request.method());
    if (!mayAct(who.get().role(), needed)) {
      return Json.failed(
          new KubeStatus(
              403,
              "Forbidden",
              "the token of "
                  + who.get().name()
                  + " has the role "
                  + word(who.get().role())
                  + "; "
                  + request.method()
                  + " "
                  + ctx.path()
                  + " takes "
                  + word(needed)));
    }
    who.get().attach(ctx);
    return next.serve(ctx, request);
  }

  private static Optional<String> token(String header) {
    return header.toLowerCase(Locale.ROOT).startsWith(SCHEME)
        ? Optional.of(header.substring(SCHEME.length()).strip())
        : Optional.empty();
  }

  private static Role needed(String path, HttpMethod method) {
    if (path.equals(ControlStreamService.PATH)) {
      return Role.AGENT;
    }
    if (path.equals(BackupApi.PATH)) {
      // Everything at once, what was deleted long ago included.
      return Role.ADMIN;
    }
    boolean reads = method == HttpMethod.GET || method == HttpMethod.HEAD || path.equals(EXPLAIN);
    return reads ? Role.READER : Role.ADMIN;
  }

  /** An agent's token is on many machines: it reads nothing. */
  private static boolean mayAct(Role role, Role needed) {
    return role == needed || (role == Role.ADMIN && needed == Role.READER);
  }

  private static String word(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }
}
