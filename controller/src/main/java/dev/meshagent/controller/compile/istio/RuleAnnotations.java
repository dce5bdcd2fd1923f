package dev.meshagent.controller.compile.istio;

import dev.meshagent.controller.compile.document.Annotations;
import dev.meshagent.controller.compile.document.Node;
import dev.meshagent.controller.compile.document.Problems;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.engine.snapshot.policy.BalancePolicy;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;

/**
 * What no kind can express, as annotations of a DestinationRule; they hold for all of it:
 *
 * <ul>
 *   <li>{@code mesh-agent.dev/aperture}: the fewest endpoints that a caller keeps to; 0 for all;
 *   <li>{@code mesh-agent.dev/retries-per-second}: retries a second that are out of the budget.
 * </ul>
 */
final class RuleAnnotations {
  static final String RETRIES_PER_SECOND = Annotations.PREFIX + "retries-per-second";
  private static final String APERTURE = Annotations.PREFIX + "aperture";
  private static final int MOST = 1_000_000;

  private RuleAnnotations() {}

  /** The defaults with what the annotations change of them. */
  static TrafficPolicy defaults(Resource resource, Problems problems) {
    Node node = Node.annotations(resource, problems);
    Annotations.onlyThese(node, APERTURE, RETRIES_PER_SECOND);
    TrafficPolicy usual = TrafficPolicy.DEFAULT;
    BalancePolicy balance = usual.balance;
    int aperture = Annotations.whole(node, APERTURE, 0, MOST).orElse(balance.aperture);
    int free =
        Annotations.whole(node, RETRIES_PER_SECOND, 0, MOST)
            .orElse((int) usual.budgetFreePerSecond);
    return new TrafficPolicy(
        new BalancePolicy(
            balance.algorithm,
            balance.hash,
            balance.ringMinimum,
            balance.tableSize,
            balance.slowStart,
            balance.locality,
            aperture),
        usual.limits,
        usual.ejection,
        usual.budgetPercent,
        free,
        usual.tls);
  }
}
