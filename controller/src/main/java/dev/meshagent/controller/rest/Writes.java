package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.common.RequestHeaders;
import dev.meshagent.controller.catalog.Catalog;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.controller.store.ResourceKey;
import dev.meshagent.controller.write.Rejection;
import dev.meshagent.controller.write.UnknownFields;
import dev.meshagent.controller.write.Wish;
import dev.meshagent.controller.write.WriteOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Reads the wishes out of requests on resources. Thread-safe. */
final class Writes {
  private static final String RANDOM_LETTERS = "bcdfghjklmnpqrstvwxz2456789";
  private static final int RANDOM_LENGTH = 5;
  private static final int LONGEST_MANAGER = 128;

  private final Catalog catalog;

  Writes(Catalog catalog) {
    this.catalog = catalog;
  }

  /** How a request wants its changes made. */
  static WriteOptions options(String author, RequestHeaders headers, QueryParams query, byte[] body)
      throws Rejection {
    boolean dryRun = dryRun(query.get("dryRun", ""));
    if (headers.method() == HttpMethod.DELETE) {
      dryRun |= DeleteOptions.read(headers.contentType(), body).dryRun();
    }
    return new WriteOptions(
        author,
        manager(headers, query),
        dryRun,
        UnknownFields.of(query.get("fieldValidation", "")));
  }

  /**
   * @param text empty for no
   */
  static boolean dryRun(String text) throws Rejection {
    if (!text.isEmpty() && !text.equals("All")) {
      throw Rejection.badRequest("dryRun: '" + text + "'; write All, or leave it out");
    }
    return !text.isEmpty();
  }

  /** As Kubernetes names a manager that does not name itself: by its program. */
  private static String manager(RequestHeaders headers, QueryParams query) throws Rejection {
    String named = query.get("fieldManager", "");
    if (named.length() > LONGEST_MANAGER) {
      throw Rejection.badRequest(
          "fieldManager: longer than " + LONGEST_MANAGER + " characters; write a shorter one");
    }
    if (!named.isEmpty()) {
      return named;
    }
    String program = headers.get(HttpHeaderNames.USER_AGENT, "").split("[/ ]", 2)[0];
    return program.isEmpty() || program.length() > LONGEST_MANAGER ? "unknown" : program;
  }

  List<Wish> wishes(Target target, RequestHeaders headers, QueryParams query, byte[] body)
      throws Rejection {
    MediaType type = headers.contentType();
    HttpMethod method = headers.method();
    if (method == HttpMethod.POST) {
      ObjectNode document = of(target, Bodies.object(type, body));
      return List.of(new Wish.Create(created(target, document), document));
    }
    if (method == HttpMethod.PUT) {
      return List.of(new Wish.Replace(target.key(), of(target, Bodies.object(type, body))));
    }
    if (method == HttpMethod.DELETE) {
      return deletions(target, query, type, body);
    }
    return List.of(patch(target, type, query, body));
  }

  private static Wish patch(Target target, MediaType type, QueryParams query, byte[] body)
      throws Rejection {
    ResourceKey key = target.key();
    switch (Bodies.type(type)) {
      case "application/json-patch+json":
        return new Wish.Patch(key, Wish.Patch.Form.JSON, Bodies.json(body));
      case "application/merge-patch+json":
        return new Wish.Patch(key, Wish.Patch.Form.MERGE, versionless(target, Bodies.json(body)));
      case "application/strategic-merge-patch+json":
        if (target.kind().group.isEmpty()) {
          return new Wish.Patch(key, Wish.Patch.Form.STRATEGIC, Bodies.json(body));
        }
        break;
      case "application/apply-patch+yaml":
        if (query.get("fieldManager", "").isEmpty()) {
          throw Rejection.badRequest(
              "fieldManager is required for apply patch: name who applies, such as"
                  + " fieldManager=ops");
        }
        return new Wish.Apply(
            key, of(target, Bodies.yaml(body)), Boolean.parseBoolean(query.get("force", "false")));
      default:
        break;
    }
    throw Rejection.unsupportedMediaType(
        "the body of the request was in an unknown format - accepted media types include:"
            + " application/json-patch+json, application/merge-patch+json, "
            + (target.kind().group.isEmpty() ? "application/strategic-merge-patch+json, " : "")
            + "application/apply-patch+yaml");
  }

  /** A patch written for another version of the kind says so, which changes nothing. */
  private static JsonNode versionless(Target target, JsonNode patch) {
    if (patch instanceof ObjectNode object
        && object.path("apiVersion").asText().equals(target.apiVersion())) {
      object.remove("apiVersion");
    }
    return patch;
  }

  /** The document, if it is of the kind and version of the path. */
  private static ObjectNode of(Target target, ObjectNode document) throws Rejection {
    String version = document.path("apiVersion").asText();
    String kind = document.path("kind").asText();
    if (!version.equals(target.apiVersion()) || !kind.equals(target.kind().kind)) {
      throw Rejection.badRequest(
          "the body is of "
              + (kind.isEmpty() ? "no kind" : kind)
              + " in "
              + (version.isEmpty() ? "no apiVersion" : version)
              + "; the path is of "
              + target.kind()
              + " in "
              + target.apiVersion());
    }
    return document;
  }

  private static ResourceKey created(Target target, ObjectNode document) throws Rejection {
    JsonNode metadata = document.path("metadata");
    String name = metadata.path("name").asText("");
    if (name.isEmpty() && !metadata.path("generateName").asText("").isEmpty()) {
      name = metadata.path("generateName").asText() + random();
      document.withObject("/metadata").put("name", name);
    }
    return key(target.kind(), target.namespace().orElse(""), name);
  }

  /** The key, if the names are there. */
  static ResourceKey key(Kind kind, String namespace, String name) throws Rejection {
    if (name.isEmpty()) {
      throw Rejection.badRequest("metadata.name: has to be there (or metadata.generateName)");
    }
    if (kind.namespaced && namespace.isEmpty()) {
      throw Rejection.badRequest(
          kind
              + " "
              + name
              + " needs a namespace: send it to …/namespaces/<namespace>/"
              + kind.plural);
    }
    return new ResourceKey(kind, kind.namespaced ? namespace : "", name);
  }

  private static String random() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < RANDOM_LENGTH; i++) {
      text.append(
          RANDOM_LETTERS.charAt(ThreadLocalRandom.current().nextInt(RANDOM_LETTERS.length())));
    }
    return text.toString();
  }

  private List<Wish> deletions(Target target, QueryParams query, MediaType type, byte[] body)
      throws Rejection {
    if (target.name().isPresent()) {
      DeleteOptions options = DeleteOptions.read(type, body);
      return List.of(new Wish.Delete(target.key(), options.uid(), options.resourceVersion()));
    }
    Selection selection = Selection.of(target, query);
    List<Wish> wishes = new ArrayList<>();
    for (Resource resource : catalog.list(target.kind()).items()) {
      if (selection.covers(resource) && !catalog.onlyLives(resource.key())) {
        wishes.add(new Wish.Delete(resource.key(), "", ""));
      }
    }
    return wishes;
  }
}
