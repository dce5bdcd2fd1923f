package dev.meshagent.engine.routing;

import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.engine.snapshot.policy.Match;
import dev.meshagent.engine.snapshot.policy.Route;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import dev.meshagent.engine.snapshot.policy.StringMatch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Finds the rule that a request fits. Rules are put in their order of precedence once; exact and
 * prefix paths are indexed in a tree, so that a request walks its path once and tries only the
 * rules it meets there and those with no such path. Immutable, thread-safe; matching allocates
 * nothing unless a rule looks at the query, the authority or a regular expression.
 */
public final class Router {
  private final Rule[] rules;
  private final PathTree paths = new PathTree();

  /** Rules that the tree cannot answer for, in order. */
  private final int[] others;

  /** True if some rule looks at the path beside the tree, and so needs it without its query. */
  private final boolean pathNeeded;

  public Router(ServicePolicy policy) {
    List<Rule> ordered = new ArrayList<>();
    for (int i = 0; i < policy.routes.size(); i++) {
      Route route = policy.routes.get(i);
      if (route.matches.isEmpty()) {
        ordered.add(new Rule(route, i, null));
      }
      for (Match match : route.matches) {
        ordered.add(new Rule(route, i, match));
      }
    }
    if (policy.order == ServicePolicy.Order.MOST_SPECIFIC) {
      Collections.sort(ordered, Specificity.MOST_FIRST);
    }
    rules = ordered.toArray(new Rule[0]);
    int[] unindexed = {};
    for (int i = 0; i < rules.length; i++) {
      if (!index(i, rules[i].match)) {
        unindexed = PathTree.plus(unindexed, i);
      }
    }
    others = unindexed;
    paths.compress();
    boolean needed = false;
    for (int i = 0; i < rules.length; i++) {
      Match match = rules[i].match;
      needed |=
          match != null
              && (match.grpcService != null
                  || match.grpcMethod != null
                  || match.path != null && (match.ignorePathCase || !indexed(match.path)));
    }
    pathNeeded = needed;
  }

  private static boolean indexed(StringMatch path) {
    return path.kind == StringMatch.Kind.EXACT
        || path.kind == StringMatch.Kind.PREFIX
        || path.kind == StringMatch.Kind.PATH_PREFIX;
  }

  private boolean index(int rule, Match match) {
    if (match == null || match.path == null || match.ignorePathCase) {
      return false;
    }
    StringMatch path = match.path;
    switch (path.kind) {
      case EXACT:
        PathTree exact = paths.at(path.value);
        exact.exact = PathTree.plus(exact.exact, rule);
        return true;
      case PREFIX:
        PathTree prefix = paths.at(path.value);
        prefix.prefix = PathTree.plus(prefix.prefix, rule);
        return true;
      case PATH_PREFIX:
        PathTree element = paths.at(path.value.substring(0, StringMatch.prefixLength(path.value)));
        element.element = PathTree.plus(element.element, rule);
        return true;
      default:
        return false;
    }
  }

  /** True if there is no rule at all: every request goes to the service itself. */
  public boolean isEmpty() {
    return rules.length == 0;
  }

  /** The rule of highest precedence that the request fits, or null. */
  public Rule match(RequestHead head, Source source) {
    String pathAndQuery = head.pathAndQuery();
    int question = pathAndQuery.indexOf('?');
    int length = question < 0 ? pathAndQuery.length() : question;
    // Conditions on the path see it without query; the tree needs no copy for that.
    String path = pathNeeded && question >= 0 ? pathAndQuery.substring(0, length) : pathAndQuery;
    int best = first(others, rules.length, head, path, source, false);
    PathTree node = paths;
    int at = 0;
    while (node != null) {
      best = first(node.prefix, best, head, path, source, true);
      if (at == length) {
        best = first(node.element, best, head, path, source, true);
        best = first(node.exact, best, head, path, source, true);
        break;
      }
      char letter = path.charAt(at);
      if (letter == '/') {
        best = first(node.element, best, head, path, source, true);
      }
      node = node.child(letter);
      if (node != null) {
        at += 1 + node.rest.length();
        if (at > length || !path.startsWith(node.rest, at - node.rest.length())) {
          break;
        }
      }
    }
    return best == rules.length ? null : rules[best];
  }

  private int first(
      int[] candidates, int best, RequestHead head, String path, Source source, boolean pathHolds) {
    for (int candidate : candidates) {
      if (candidate >= best) {
        return best;
      }
      if (Conditions.hold(rules[candidate].match, head, path, source, pathHolds)) {
        return candidate;
      }
    }
    return best;
  }

  /** All rules in their order of precedence. */
  public List<Rule> rules() {
    return Collections.unmodifiableList(java.util.Arrays.asList(rules));
  }

  /** Why a rule does not fit a request, for a person; null if it does. */
  public static String failing(Rule rule, RequestHead head, Source source) {
    return Conditions.failing(rule.match, head, Queries.path(head.pathAndQuery()), source);
  }
}
