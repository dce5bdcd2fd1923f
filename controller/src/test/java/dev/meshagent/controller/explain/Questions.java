package dev.meshagent.controller.explain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.push.Directory;
import dev.meshagent.controller.store.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Requests to be explained, for every host that a document speaks of. */
public final class Questions {
  private Questions() {}

  /** The questions, as they are sent; none of a document that speaks of no host. */
  public static List<JsonNode> of(JsonNode document) {
    JsonNode spec = document.path("spec");
    String namespace = document.at("/metadata/namespace").asText("default");
    Set<String> hosts = new TreeSet<>();
    spec.path("hosts").forEach(host -> hosts.add(host.asText()));
    hosts.add(spec.path("host").asText());
    for (JsonNode parent : spec.path("parentRefs")) {
      hosts.add(parent.path("name").asText() + "." + parent.path("namespace").asText(namespace));
    }
    if (document.path("kind").asText().equals("Service")) {
      hosts.add(document.at("/metadata/name").asText());
    }
    hosts.add(spec.at("/labels/app").asText());
    List<JsonNode> questions = new ArrayList<>();
    for (String host : hosts) {
      // A wildcard is asked for by a name that it covers.
      String name = host.equals("*") ? "any" : host.replace("*.", "any.");
      if (name.matches("([a-zA-Z0-9-]{1,63}\\.?)+")) {
        ObjectNode question = JsonNodeFactory.instance.objectNode();
        question.put("url", "http://" + name + "/v2/list?a=b");
        question.putObject("headers").put("u", "t");
        question.putObject("caller").put("namespace", namespace).put("service", "web");
        questions.add(question);
      }
    }
    return questions;
  }

  /** Where a resource is read that the answer of an apply names. */
  public static String path(JsonNode resource) {
    String apiVersion = resource.path("apiVersion").asText();
    Kind kind =
        Kind.of(
                apiVersion.contains("/") ? apiVersion.substring(0, apiVersion.indexOf('/')) : "",
                resource.path("kind").asText())
            .orElseThrow();
    return (kind.group.isEmpty() ? "/api/" : "/apis/")
        + apiVersion
        + (kind.namespaced ? "/namespaces/" + resource.path("namespace").asText() : "")
        + "/"
        + kind.plural
        + "/"
        + resource.path("name").asText();
  }

  /** What is answered of a directory; on its loop. */
  public static JsonNode answer(Directory directory, JsonNode question) {
    return new Explanations(directory).of(AskedRequest.read(question));
  }

  /** Whether an answer says what becomes of the request: that it is left alone is an answer. */
  public static boolean answered(JsonNode answer) {
    boolean known = answer.path("service").isTextual();
    return !answer.path("text").asText().isBlank()
        && (known ? answer.path("outcome").isTextual() : answer.path("service").isNull());
  }
}
