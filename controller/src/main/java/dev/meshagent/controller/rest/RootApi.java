package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.server.ServerBuilder;
import dev.meshagent.controller.stream.ControlStreamService;
import java.util.List;

/** The list of paths at {@code /}, and the answer to every path that nobody serves. */
public final class RootApi {
  private static final List<String> PATHS =
      List.of(
          "/api",
          "/api/v1",
          "/apis",
          "/apis/gateway.networking.k8s.io/v1",
          "/apis/networking.istio.io/v1",
          "/apis/security.istio.io/v1",
          "/healthz",
          "/livez",
          "/mesh/v1/agents",
          "/mesh/v1/apply",
          "/mesh/v1/edges",
          "/mesh/v1/history",
          "/mesh/v1/rollback",
          "/metrics",
          "/openapi/v3",
          "/readyz",
          "/version",
          ControlStreamService.PATH);

  private RootApi() {}

  public static void addTo(ServerBuilder server) {
    server.service("/", (ctx, request) -> Json.ok(paths()));
    server.service(
        "prefix:/",
        (ctx, request) ->
            Json.failed(
                KubeStatus.notFound(
                    "the server could not find " + ctx.path() + "; GET / tells what there is")));
  }

  private static ObjectNode paths() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    ArrayNode paths = node.putArray("paths");
    PATHS.forEach(paths::add);
    return node;
  }
}
