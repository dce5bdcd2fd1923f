package dev.meshagent.engine.routing;

import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.engine.snapshot.policy.Match;
import dev.meshagent.engine.snapshot.policy.NamedMatch;
import dev.meshagent.engine.snapshot.policy.StringMatch;
import java.util.Map;

/** Judges one match against one request, and says which condition failed. */
final class Conditions {
  private Conditions() {}

  /** True if all conditions hold; {@code pathHolds} spares the one that an index answered. */
  static boolean hold(
      Match match, RequestHead head, String path, Source source, boolean pathHolds) {
    return match == null
        || (pathHolds || match.path == null || match.path.matches(path, match.ignorePathCase))
            && text(match.method, head.method(), false)
            && text(match.scheme, head.scheme(), false)
            && (match.port == 0 || match.port == port(head))
            && (match.authority == null || match.authority.matches(authority(head), true))
            && grpc(match, path)
            && headers(match, head) == null
            && query(match, head) == null
            && source(match, source) == null;
  }

  /** The first condition that does not hold, for a person; null if all do. */
  static String failing(Match match, RequestHead head, String path, Source source) {
    if (match == null) {
      return null;
    }
    if (match.path != null && !match.path.matches(path, match.ignorePathCase)) {
      return "path '" + path + "' is not " + match.path;
    }
    if (!text(match.method, head.method(), false)) {
      return "method " + head.method() + " is not " + match.method;
    }
    if (!text(match.scheme, head.scheme(), false)) {
      return "scheme " + head.scheme() + " is not " + match.scheme;
    }
    if (match.port != 0 && match.port != port(head)) {
      return "port " + port(head) + " is not " + match.port;
    }
    if (match.authority != null && !match.authority.matches(authority(head), true)) {
      return "authority " + authority(head) + " is not " + match.authority;
    }
    if (!grpc(match, path)) {
      return "gRPC method " + path + " is not " + match.grpcService + " " + match.grpcMethod;
    }
    String failed = headers(match, head);
    failed = failed == null ? query(match, head) : failed;
    return failed == null ? source(match, source) : failed;
  }

  private static boolean text(StringMatch match, String text, boolean ignoreCase) {
    return match == null || match.matches(text, ignoreCase);
  }

  private static int port(RequestHead head) {
    return head.port() > 0 ? head.port() : "https".equals(head.scheme()) ? 443 : 80;
  }

  private static String authority(RequestHead head) {
    return head.port() > 0 ? head.host() + ":" + head.port() : head.host();
  }

  private static boolean grpc(Match match, String path) {
    if (match.grpcService == null && match.grpcMethod == null) {
      return true;
    }
    int slash = path.indexOf('/', 1);
    return slash > 0
        && text(match.grpcService, path.substring(1, slash), false)
        && text(match.grpcMethod, path.substring(slash + 1), false);
  }

  private static String headers(Match match, RequestHead head) {
    for (int i = 0; i < match.headers.size(); i++) {
      NamedMatch each = match.headers.get(i);
      String value = head.header(each.name);
      if (!each.match.matches(value)) {
        return "header " + each.name + (value == null ? " is absent" : " is not " + each.match);
      }
    }
    for (int i = 0; i < match.withoutHeaders.size(); i++) {
      NamedMatch each = match.withoutHeaders.get(i);
      if (each.match.matches(head.header(each.name))) {
        return "header " + each.name + " is " + each.match + ", which is excluded";
      }
    }
    return null;
  }

  private static String query(Match match, RequestHead head) {
    for (int i = 0; i < match.query.size(); i++) {
      NamedMatch each = match.query.get(i);
      String value = Queries.value(head.pathAndQuery(), each.name);
      if (!each.match.matches(value)) {
        return "parameter " + each.name + (value == null ? " is absent" : " is not " + each.match);
      }
    }
    return null;
  }

  private static String source(Match match, Source source) {
    if (!match.sourceNamespace.isEmpty() && !match.sourceNamespace.equals(source.namespace)) {
      return "the caller is not in namespace " + match.sourceNamespace;
    }
    if (match.sourceLabels.isEmpty()) {
      // Even an empty map makes iterators.
      return null;
    }
    for (Map.Entry<String, String> label : match.sourceLabels.entrySet()) {
      if (!label.getValue().equals(source.labels.get(label.getKey()))) {
        return "the caller has no label " + label;
      }
    }
    return null;
  }
}
