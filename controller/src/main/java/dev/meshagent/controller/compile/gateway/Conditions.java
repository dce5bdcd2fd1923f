package dev.meshagent.controller.compile.gateway;

import dev.meshagent.controller.compile.document.Node;
import dev.meshagent.controller.compile.document.Texts;
import dev.meshagent.engine.snapshot.policy.Match;
import dev.meshagent.engine.snapshot.policy.NamedMatch;
import dev.meshagent.engine.snapshot.policy.StringMatch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Reads the matches of HTTPRoute and GRPCRoute. Stateless. */
final class Conditions {
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

  private Conditions() {}

  static Match.Builder http(Node node) {
    Match.Builder match = new Match.Builder();
    node.object("path").flatMap(Conditions::path).ifPresent(match::path);
    node.text("method")
        .ifPresent(
            method -> {
              if (!METHODS.contains(method)) {
                node.error("method", "is no method of HTTP; write one in capitals, such as GET");
              }
              match.method(method);
            });
    match.headers = named(node, "headers", true);
    match.query = named(node, "queryParams", false);
    node.end();
    return match;
  }

  private static Optional<StringMatch> path(Node node) {
    String type = node.text("type", "PathPrefix");
    String value = node.text("value", "/");
    node.end();
    if (type.equals("RegularExpression")) {
      return Texts.regex(node, "value", value);
    }
    if (!value.startsWith("/") || value.contains("//")) {
      node.error("value", "is no path; begin it with a slash, and write no two in a row");
    }
    if (type.equals("Exact")) {
      return Optional.of(StringMatch.exact(value));
    }
    if (!type.equals("PathPrefix")) {
      node.error("type", "write Exact, PathPrefix or RegularExpression");
    }
    return Optional.of(StringMatch.pathPrefix(value));
  }

  static Match.Builder grpc(Node node) {
    Match.Builder match = new Match.Builder();
    node.object("method")
        .ifPresent(
            method -> {
              boolean regex = regex(method);
              match.grpcService = grpcName(method, "service", regex);
              match.grpcMethod = grpcName(method, "method", regex);
              if (match.grpcService == null && match.grpcMethod == null) {
                method.error("names neither service nor method; write at least one");
              }
              method.end();
            });
    match.headers = named(node, "headers", true);
    node.end();
    return match;
  }

  private static StringMatch grpcName(Node node, String field, boolean regex) {
    Optional<String> name = node.text(field);
    if (name.isEmpty() || name.get().isEmpty()) {
      return null;
    }
    if (regex) {
      return Texts.regex(node, field, name.get()).orElse(null);
    }
    if (name.get().indexOf('/') >= 0) {
      node.error(field, "holds a slash; write service and method apart");
    }
    return StringMatch.exact(name.get());
  }

  /** True for a regular expression, false for an exact text, which is the default. */
  private static boolean regex(Node node) {
    String type = node.text("type", "Exact");
    if (!type.equals("Exact") && !type.equals("RegularExpression")) {
      node.error("type", "write Exact or RegularExpression");
    }
    return type.equals("RegularExpression");
  }

  private static List<NamedMatch> named(Node node, String field, boolean header) {
    List<NamedMatch> matches = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Node each : node.objects(field)) {
      String name = each.required("name");
      boolean regex = regex(each);
      String value = each.required("value");
      each.end();
      if (header && !name.isEmpty() && !Texts.isToken(name)) {
        each.error("name", "is no name of a header");
      }
      if (!seen.add(header ? name.toLowerCase(Locale.ROOT) : name)) {
        each.warn("name", "is there already; only the first counts (so Gateway API has it)");
      } else if (regex) {
        Texts.regex(each, "value", value).ifPresent(m -> matches.add(new NamedMatch(name, m)));
      } else {
        matches.add(new NamedMatch(name, StringMatch.exact(value)));
      }
    }
    return matches;
  }
}
