package dev.meshagent.controller.compile.gateway;

import dev.meshagent.controller.compile.document.HeaderNames;
import dev.meshagent.controller.compile.document.Node;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import dev.meshagent.engine.snapshot.policy.Mirror;
import dev.meshagent.engine.snapshot.policy.Redirect;
import dev.meshagent.engine.snapshot.policy.Rewrite;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the filters of a rule or of a backend do.
 *
 * @param redirect null for none
 * @param rewrite null for none
 */
record Filters(
    HeaderOps request,
    HeaderOps response,
    Redirect redirect,
    Rewrite rewrite,
    List<Mirror> mirrors) {
  private static final int FOUND = 302;
  private static final int HIGHEST_PORT = 65535;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  /** Those of a backend can change headers alone. */
  static Filters ofBackend(Node backend) {
    return new Reading(null, false).read(backend);
  }

  /** Those of a rule. */
  static Filters ofRule(Node rule, Backends backends) {
    return new Reading(backends, true).read(rule);
  }

  /** Gathers filter by filter. */
  private static final class Reading {
    private final Backends backends;
    private final boolean ofRule;
    private final Set<String> seen = new HashSet<>();
    private final List<Mirror> mirrors = new ArrayList<>();
    private HeaderOps request = HeaderOps.NONE;
    private HeaderOps response = HeaderOps.NONE;
    private Redirect redirect;
    private Rewrite rewrite;

    Reading(Backends backends, boolean ofRule) {
      this.backends = backends;
      this.ofRule = ofRule;
    }

    Filters read(Node owner) {
      for (Node filter : owner.objects("filters")) {
        String type = filter.required("type");
        if (!seen.add(type) && !type.equals("RequestMirror")) {
          filter.error("type", "is there already; write one filter of this type");
        }
        one(filter, type);
        filter.end();
      }
      if (redirect != null && rewrite != null) {
        owner.error("filters", "cannot redirect and rewrite at once; take one out");
      }
      return new Filters(request, response, redirect, rewrite, mirrors);
    }

    private void one(Node filter, String type) {
      if (type.equals("RequestHeaderModifier")) {
        request = body(filter, "requestHeaderModifier").map(Reading::operations).orElse(request);
      } else if (type.equals("ResponseHeaderModifier")) {
        response = body(filter, "responseHeaderModifier").map(Reading::operations).orElse(response);
      } else if (ofRule && type.equals("RequestRedirect")) {
        redirect = body(filter, "requestRedirect").map(Reading::redirect).orElse(null);
      } else if (ofRule && type.equals("URLRewrite")) {
        rewrite = body(filter, "urlRewrite").map(Reading::rewrite).orElse(null);
      } else if (ofRule && type.equals("RequestMirror")) {
        body(filter, "requestMirror").ifPresent(this::mirror);
      } else if (!type.isEmpty()) {
        filter.error(
            "type",
            "is not obeyed by this mesh "
                + (ofRule ? "" : "on a backend ")
                + "; write RequestHeaderModifier or ResponseHeaderModifier"
                + (ofRule ? ", RequestRedirect, URLRewrite or RequestMirror" : ""));
      }
    }

    private static Optional<Node> body(Node filter, String field) {
      if (!filter.has(field)) {
        filter.error(field, "is missing; write what the filter is to do");
      }
      return filter.object(field);
    }

    private static HeaderOps operations(Node node) {
      Map<String, String> set = pairs(node, "set");
      Map<String, String> add = pairs(node, "add");
      List<String> remove = HeaderNames.removed(node);
      node.end();
      return new HeaderOps(set, add, remove);
    }

    private static Map<String, String> pairs(Node node, String field) {
      Map<String, String> pairs = new LinkedHashMap<>();
      for (Node each : node.objects(field)) {
        String name = each.required("name");
        String value = each.text("value", "");
        if (!name.isEmpty() && HeaderNames.problem(name) != null) {
          each.error("name", HeaderNames.problem(name));
        }
        if (HeaderNames.valueProblem(value) != null) {
          each.error("value", HeaderNames.valueProblem(value));
        }
        if (pairs.put(name, value) != null) {
          each.error("name", "is there already; write each header once");
        }
        each.end();
      }
      return pairs;
    }

    private static Redirect redirect(Node node) {
      String scheme = node.text("scheme", "");
      if (!scheme.isEmpty() && !scheme.equals("http") && !scheme.equals("https")) {
        node.error("scheme", "write http or https");
      }
      String host = node.text("hostname", "");
      int port = node.integer("port", 1, HIGHEST_PORT, 0);
      int status = node.integer("statusCode", 300, 399, FOUND);
      if (!REDIRECTS.contains(status)) {
        node.error("statusCode", "write 301, 302, 303, 307 or 308");
      }
      NewPath path = node.object("path").map(NewPath::read).orElse(NewPath.UNCHANGED);
      node.end();
      String prefix = path.prefix() == null ? "" : path.prefix();
      return new Redirect(
          status,
          scheme,
          host,
          port,
          path.full(),
          path.prefix() != null && prefix.isEmpty() ? "/" : prefix);
    }

    private static Rewrite rewrite(Node node) {
      String host = node.text("hostname", "");
      NewPath path = node.object("path").map(NewPath::read).orElse(NewPath.UNCHANGED);
      node.end();
      return new Rewrite(path.full(), path.prefix(), "", "", host);
    }

    private void mirror(Node node) {
      node.atMostOne("percent", "fraction");
      double percent =
          node.object("fraction")
              .map(Reading::fraction)
              .orElse((double) node.integer("percent", 0, 100, 100));
      if (!node.has("backendRef")) {
        node.error("backendRef", "is missing; write where the copies go");
      }
      node.object("backendRef")
          .map(backends::single)
          .filter(Backends.Backend::reachable)
          .ifPresent(backend -> mirrors.add(new Mirror(backend.destination(), percent)));
      node.end();
    }

    private static double fraction(Node node) {
      int denominator = node.integer("denominator", 1, Integer.MAX_VALUE, 100);
      int numerator = node.integer("numerator", 0, Integer.MAX_VALUE, 0);
      if (numerator > denominator) {
        node.error("numerator", "is more than the denominator; a share is at most the whole");
      }
      node.end();
      return 100.0 * Math.min(numerator, denominator) / denominator;
    }
  }

  /**
   * A path in place of the request's.
   *
   * @param full in place of all of it; empty for no such change
   * @param prefix in place of the matched prefix; null for no such change
   */
  private record NewPath(String full, String prefix) {
    static final NewPath UNCHANGED = new NewPath("", null);

    static NewPath read(Node node) {
      String type = node.required("type");
      NewPath path = UNCHANGED;
      if (type.equals("ReplaceFullPath")) {
        String full = node.required("replaceFullPath");
        if (!full.isEmpty() && !full.startsWith("/")) {
          node.error("replaceFullPath", "is no path; begin it with a slash");
        }
        path = new NewPath(full, null);
      } else if (type.equals("ReplacePrefixMatch")) {
        if (!node.has("replacePrefixMatch")) {
          node.error("replacePrefixMatch", "is missing; write the prefix to put in place");
        }
        path = new NewPath("", node.text("replacePrefixMatch", ""));
      } else if (!type.isEmpty()) {
        node.error("type", "write ReplaceFullPath or ReplacePrefixMatch");
      }
      node.end();
      return path;
    }
  }
}
