package dev.meshagent.engine.routing;

import dev.meshagent.engine.snapshot.policy.Match;
import dev.meshagent.engine.snapshot.policy.StringMatch;
import dev.meshagent.engine.snapshot.policy.StringMatch.Kind;
import java.util.Comparator;

/**
 * Gateway API's precedence: an exact path, then the longest prefix, then a method, then the most
 * headers, then the most query parameters; for gRPC the most characters of the service, then of the
 * method, then the most headers. What is equal stays in the order of the policy, which its compiler
 * made by age and name.
 */
final class Specificity implements Comparator<Rule> {
  static final Specificity MOST_FIRST = new Specificity();

  private Specificity() {}

  @Override
  public int compare(Rule a, Rule b) {
    int[] ranksA = ranks(a.match);
    int[] ranksB = ranks(b.match);
    for (int i = 0; i < ranksA.length; i++) {
      if (ranksA[i] != ranksB[i]) {
        return Integer.compare(ranksB[i], ranksA[i]);
      }
    }
    return 0;
  }

  private static int[] ranks(Match match) {
    if (match == null) {
      return new int[8];
    }
    return new int[] {
      length(match.grpcService),
      length(match.grpcMethod),
      match.path != null && match.path.kind == Kind.EXACT ? 1 : 0,
      // Gateway leaves the rank of a regular expression to the implementation: before prefixes.
      match.path != null && match.path.kind == Kind.REGEX ? 1 : 0,
      length(match.path),
      match.method == null ? 0 : 1,
      match.headers.size(),
      match.query.size()
    };
  }

  private static int length(StringMatch match) {
    if (match == null) {
      return 0;
    }
    return match.kind == Kind.PATH_PREFIX
        ? StringMatch.prefixLength(match.value)
        : match.value.length();
  }
}
