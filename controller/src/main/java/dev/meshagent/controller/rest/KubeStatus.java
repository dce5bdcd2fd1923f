package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.write.Rejection;
import java.util.Optional;

/**
 * A {@code Status} object, which is how the Kubernetes API says that something went wrong.
 * Immutable.
 *
 * @param code HTTP status
 * @param reason one CamelCase word that programs look at
 * @param message what a person reads
 * @param rejection what it is about in detail, if it is about a resource
 */
public record KubeStatus(int code, String reason, String message, Optional<Rejection> rejection) {
  public KubeStatus(int code, String reason, String message) {
    this(code, reason, message, Optional.empty());
  }

  public static KubeStatus of(Rejection rejection) {
    return new KubeStatus(
        rejection.code(), rejection.reason(), rejection.getMessage(), Optional.of(rejection));
  }

  public static KubeStatus notFound(String message) {
    return new KubeStatus(404, "NotFound", message);
  }

  public static KubeStatus methodNotAllowed(String method, String path) {
    return new KubeStatus(
        405,
        "MethodNotAllowed",
        "the server does not allow " + method + " on " + path + "; it can only be read, with GET");
  }

  public static KubeStatus badRequest(String message) {
    return new KubeStatus(400, "BadRequest", message);
  }

  public static KubeStatus expired(String message) {
    return new KubeStatus(410, "Expired", message);
  }

  public ObjectNode json() {
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    status.put("kind", "Status");
    status.put("apiVersion", "v1");
    status.putObject("metadata");
    status.put("status", "Failure");
    status.put("message", message);
    status.put("reason", reason);
    rejection.ifPresent(r -> details(status, r));
    status.put("code", code);
    return status;
  }

  private static void details(ObjectNode status, Rejection rejection) {
    if (rejection.kind().isEmpty() && rejection.causes().isEmpty()) {
      return;
    }
    ObjectNode details = status.putObject("details");
    rejection
        .kind()
        .ifPresent(
            kind -> {
              details.put("name", rejection.name());
              details.put("group", kind.group);
              // Kubernetes names the kind for what is invalid and the resource for the rest.
              details.put("kind", rejection.code() == 422 ? kind.kind : kind.plural);
            });
    if (!rejection.causes().isEmpty()) {
      ArrayNode causes = details.putArray("causes");
      for (Rejection.Cause cause : rejection.causes()) {
        ObjectNode node = causes.addObject();
        node.put("reason", cause.reason());
        node.put("message", cause.message());
        node.put("field", cause.field());
      }
    }
  }
}
