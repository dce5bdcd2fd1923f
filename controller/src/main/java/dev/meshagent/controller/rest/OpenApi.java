package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.ServerBuilder;
import dev.meshagent.controller.schema.KindSchema;
import dev.meshagent.controller.store.Kind;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code /openapi/v3}: the schema of every kind, and of each what requests take that kubectl asks
 * for before it sends one. Made once; immutable.
 */
public final class OpenApi {
  private static final String PREFIX = "/openapi/v3/";

  /** Query parameters by method. */
  private static final List<String> WRITE = List.of("dryRun", "fieldManager", "fieldValidation");

  private final Map<String, ObjectNode> documents = new TreeMap<>();

  public OpenApi() {
    ServedVersions.ofGroups()
        .forEach(
            (group, versions) ->
                versions.forEach(
                    version -> {
                      String path =
                          group.isEmpty() ? "api/" + version : "apis/" + group + "/" + version;
                      documents.put(path, document(group, version, path));
                    }));
  }

  public void addTo(ServerBuilder server) {
    server.service("/openapi/v3", (ctx, request) -> Json.ok(index()));
    server.service("prefix:" + PREFIX, (ctx, request) -> answer(ctx.path()));
  }

  private HttpResponse answer(String path) {
    ObjectNode document = documents.get(path.substring(PREFIX.length()));
    return document == null
        ? Json.failed(
            KubeStatus.notFound(
                "the server could not find " + path + "; GET /openapi/v3 tells what there is"))
        : Json.ok(document);
  }

  private ObjectNode index() {
    ObjectNode index = JsonNodeFactory.instance.objectNode();
    ObjectNode paths = index.putObject("paths");
    documents.forEach(
        (path, document) ->
            paths
                .putObject(path)
                .put(
                    "serverRelativeURL",
                    PREFIX + path + "?hash=" + Integer.toHexString(document.hashCode())));
    return index;
  }

  private static ObjectNode document(String group, String version, String base) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("openapi", "3.0.0");
    document.putObject("info").put("title", "mesh-agent").put("version", version);
    ObjectNode paths = document.putObject("paths");
    ObjectNode schemas = document.putObject("components").putObject("schemas");
    for (Kind kind : ServedVersions.kinds(group, version)) {
      ObjectNode names = gvk(kind, version);
      String schema = (group.isEmpty() ? "core" : group) + "." + version + "." + kind.kind;
      schemas.set(schema, schema(kind, names));
      String collection =
          "/" + base + (kind.namespaced ? "/namespaces/{namespace}/" : "/") + kind.plural;
      ObjectNode many = paths.putObject(collection);
      operation(many, "get", "list", names, schema, List.of());
      operation(many, "post", "post", names, schema, WRITE);
      ObjectNode one = paths.putObject(collection + "/{name}");
      operation(one, "get", "get", names, schema, List.of());
      operation(one, "put", "put", names, schema, WRITE);
      operation(one, "delete", "delete", names, schema, List.of("dryRun"));
      ObjectNode patch = operation(one, "patch", "patch", names, schema, WRITE);
      parameter(patch.withArray("/parameters"), "force");
      ObjectNode content = patch.putObject("requestBody").putObject("content");
      content.putObject("application/apply-patch+yaml");
      content.putObject("application/json-patch+json");
      content.putObject("application/merge-patch+json");
      if (group.isEmpty()) {
        content.putObject("application/strategic-merge-patch+json");
      }
    }
    return document;
  }

  private static ObjectNode gvk(Kind kind, String version) {
    ObjectNode names = JsonNodeFactory.instance.objectNode();
    names.put("group", kind.group);
    names.put("version", version);
    names.put("kind", kind.kind);
    return names;
  }

  private static ObjectNode schema(Kind kind, ObjectNode names) {
    ObjectNode schema = KindSchema.of(kind).root().deepCopy();
    published(schema);
    schema.putArray("x-kubernetes-group-version-kind").add(names);
    return schema;
  }

  /** What is refused is not offered; why it is refused is for who tries. */
  private static void published(JsonNode node) {
    if (node instanceof ObjectNode object) {
      if (object.path("properties") instanceof ObjectNode properties) {
        properties.properties().removeIf(field -> field.getValue().has("x-mesh-refused"));
        properties.forEach(OpenApi::published);
      }
      object.properties().removeIf(field -> field.getKey().startsWith("x-mesh-"));
      if (object.path("x-kubernetes-int-or-string").asBoolean()) {
        ArrayNode either = object.putArray("anyOf");
        either.addObject().put("type", "integer");
        either.addObject().put("type", "string");
      }
      published(object.path("additionalProperties"));
      published(object.path("items"));
    }
  }

  private static ObjectNode operation(
      ObjectNode path,
      String method,
      String action,
      ObjectNode names,
      String schema,
      List<String> parameters) {
    ObjectNode operation = path.putObject(method);
    operation.put("x-kubernetes-action", action);
    operation.set("x-kubernetes-group-version-kind", names);
    ArrayNode list = operation.putArray("parameters");
    parameters.forEach(name -> parameter(list, name));
    operation
        .putObject("responses")
        .putObject("200")
        .put("description", "OK")
        .putObject("content")
        .putObject("application/json")
        .putObject("schema")
        .put("$ref", "#/components/schemas/" + schema);
    return operation;
  }

  private static void parameter(ArrayNode list, String name) {
    ObjectNode parameter = list.addObject();
    parameter.put("name", name);
    parameter.put("in", "query");
    parameter.putObject("schema").put("type", name.equals("force") ? "boolean" : "string");
  }
}
