package dev.meshagent.controller.compile.istio;

import dev.meshagent.controller.compile.document.HeaderNames;
import dev.meshagent.controller.compile.document.Node;
import dev.meshagent.controller.compile.document.Texts;
import dev.meshagent.engine.snapshot.policy.Match;
import dev.meshagent.engine.snapshot.policy.NamedMatch;
import java.util.List;

/** Reads {@code HTTPMatchRequest}. Stateless. */
final class MatchReader {
  private static final int HIGHEST_PORT = 65535;

  private MatchReader() {}

  static Match read(Node node) {
    Match.Builder match = new Match.Builder();
    StringMatches.at(node, "uri").ifPresent(match::path);
    match.ignorePathCase = node.flag("ignoreUriCase", false);
    match.scheme = StringMatches.at(node, "scheme").orElse(null);
    match.method = StringMatches.at(node, "method").orElse(null);
    match.authority = StringMatches.at(node, "authority").orElse(null);
    match.headers = headers(node, "headers");
    match.withoutHeaders = headers(node, "withoutHeaders");
    match.query = StringMatches.named(node, "queryParams");
    match.port = node.integer("port", 1, HIGHEST_PORT, 0);
    match.sourceLabels = node.textMap("sourceLabels");
    match.sourceNamespace = node.text("sourceNamespace", "");
    Gateways.check(node);
    node.refuse("statPrefix", "it names a statistic of Envoy's; use the route's name");
    node.skip("name").end();
    return match.build();
  }

  private static List<NamedMatch> headers(Node node, String field) {
    List<NamedMatch> matches = StringMatches.named(node, field);
    for (NamedMatch each : matches) {
      if (each.name.startsWith(":") || !Texts.isToken(each.name)) {
        node.object(field)
            .ifPresent(
                headers ->
                    headers.error(
                        each.name,
                        "is no name of a header; use uri, scheme, method or authority for what"
                            + " is not one"));
      } else if (HeaderNames.problem(each.name) != null && each.name.equalsIgnoreCase("host")) {
        node.object(field)
            .ifPresent(h -> h.error(each.name, "is matched by authority; write it there"));
      }
    }
    return matches;
  }
}
