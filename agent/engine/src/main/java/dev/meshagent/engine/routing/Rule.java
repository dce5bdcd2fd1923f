package dev.meshagent.engine.routing;

import dev.meshagent.engine.snapshot.policy.Match;
import dev.meshagent.engine.snapshot.policy.Route;
import dev.meshagent.engine.snapshot.policy.StringMatch;

/** One match of one route; null stands for a route that every request fits. Immutable. */
public final class Rule {
  public final Route route;

  /** The place of the route in the policy, from 0. */
  public final int routeIndex;

  public final Match match;

  Rule(Route route, int routeIndex, Match match) {
    this.route = route;
    this.routeIndex = routeIndex;
    this.match = match;
  }

  /** How many characters of the path the rule's prefix took, for a rewrite of the prefix. */
  public int matchedPrefix(String path) {
    if (match == null || match.path == null) {
      return 0;
    }
    switch (match.path.kind) {
      case PREFIX:
        return match.path.value.length();
      case PATH_PREFIX:
        return StringMatch.prefixLength(match.path.value);
      default:
        // An exact or regular match took everything: Istio then replaces the whole path.
        return path.length();
    }
  }
}
