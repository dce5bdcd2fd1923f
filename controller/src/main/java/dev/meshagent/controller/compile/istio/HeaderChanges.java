package dev.meshagent.controller.compile.istio;

import dev.meshagent.controller.compile.document.HeaderNames;
import dev.meshagent.controller.compile.document.Node;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads Istio's {@code headers}: changes of the request's and of the response's. */
record HeaderChanges(HeaderOps request, HeaderOps response) {
  static final HeaderChanges NONE = new HeaderChanges(HeaderOps.NONE, HeaderOps.NONE);

  static HeaderChanges at(Node node) {
    return node.object("headers").map(HeaderChanges::read).orElse(NONE);
  }

  private static HeaderChanges read(Node headers) {
    HeaderChanges changes =
        new HeaderChanges(
            headers.object("request").map(HeaderChanges::operations).orElse(HeaderOps.NONE),
            headers.object("response").map(HeaderChanges::operations).orElse(HeaderOps.NONE));
    headers.end();
    return changes;
  }

  private static HeaderOps operations(Node node) {
    Map<String, String> set = values(node, "set");
    Map<String, String> add = values(node, "add");
    List<String> remove = HeaderNames.removed(node);
    node.end();
    return new HeaderOps(set, add, remove);
  }

  private static Map<String, String> values(Node node, String field) {
    Map<String, String> values = new LinkedHashMap<>();
    node.textMap(field)
        .forEach(
            (name, value) -> {
              String problem = HeaderNames.problem(name);
              if (problem == null) {
                problem = HeaderNames.valueProblem(value);
              }
              String plain = value.replace("%%", "");
              if (problem == null && plain.indexOf('%') >= 0) {
                problem =
                    "has one of Envoy's %COMMANDS%, which nobody here replaces; write %% for a"
                        + " percent sign";
              }
              if (problem == null) {
                values.put(name, value.replace("%%", "%"));
              } else {
                String why = problem;
                node.object(field).ifPresent(map -> map.error(name, why));
              }
            });
    return values;
  }
}
