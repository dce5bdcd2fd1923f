package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A {@code Status} object, which is how the Kubernetes API says that something went wrong.
 * Immutable.
 *
 * @param code HTTP status
 * @param reason one CamelCase word that programs look at
 * @param message what a person reads
 */
public record KubeStatus(int code, String reason, String message) {

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

  public ObjectNode json() {
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    status.put("kind", "Status");
    status.put("apiVersion", "v1");
    status.putObject("metadata");
    status.put("status", "Failure");
    status.put("message", message);
    status.put("reason", reason);
    status.put("code", code);
    return status;
  }
}
