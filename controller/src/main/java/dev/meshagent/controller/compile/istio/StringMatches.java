package dev.meshagent.controller.compile.istio;

import dev.meshagent.controller.compile.document.Node;
import dev.meshagent.controller.compile.document.Texts;
import dev.meshagent.engine.snapshot.policy.NamedMatch;
import dev.meshagent.engine.snapshot.policy.StringMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads Istio's {@code StringMatch}: one of exact, prefix and regex. Stateless. */
final class StringMatches {
  private StringMatches() {}

  /** The condition at a field, if there is one. */
  static Optional<StringMatch> at(Node node, String field) {
    return node.object(field).flatMap(StringMatches::one);
  }

  private static Optional<StringMatch> one(Node node) {
    Optional<StringMatch> match = Optional.empty();
    if (node.exactlyOne("exact", "prefix", "regex")) {
      match = read(node);
    }
    node.end();
    return match;
  }

  private static Optional<StringMatch> read(Node node) {
    if (node.has("exact")) {
      return node.text("exact").map(StringMatch::exact);
    }
    if (node.has("prefix")) {
      return node.text("prefix").map(StringMatch::prefix);
    }
    return node.text("regex").flatMap(regex -> Texts.regex(node, "regex", regex));
  }

  /** Conditions by name; an empty object asks for presence alone. */
  static List<NamedMatch> named(Node node, String field) {
    List<NamedMatch> matches = new ArrayList<>();
    for (Map.Entry<String, Node> each : node.objectMap(field).entrySet()) {
      if (each.getValue().isEmpty()) {
        matches.add(new NamedMatch(each.getKey(), StringMatch.ANY));
      } else {
        one(each.getValue()).ifPresent(m -> matches.add(new NamedMatch(each.getKey(), m)));
      }
    }
    return matches;
  }
}
