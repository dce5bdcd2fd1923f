package dev.meshagent.controller.compile.gateway;

import dev.meshagent.controller.compile.document.Node;
import dev.meshagent.engine.snapshot.policy.RetryOn;
import dev.meshagent.engine.snapshot.policy.RetryPolicy;
import dev.meshagent.engine.snapshot.policy.Route;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads the {@code timeouts} and {@code retry} of a rule. Stateless. */
final class Patience {
  /** GEP-1731: what is retried beside the codes. */
  private static final Set<RetryOn> CONNECTION_ERRORS =
      EnumSet.of(
          RetryOn.CONNECT_FAILURE,
          RetryOn.REFUSED_STREAM,
          RetryOn.RESET,
          RetryOn.RESET_BEFORE_REQUEST);

  private static final int MOST_ATTEMPTS = 100;

  /** The longest backoff, in shortest ones: Envoy's default. */
  private static final int MOST_BACKOFFS = 10;

  private Patience() {}

  static void read(Node rule, Route.Builder route) {
    Optional<Node> timeouts = rule.object("timeouts");
    long request = timeouts.map(t -> t.gatewayNanos("request").orElse(0)).orElse(0L);
    long perTry = timeouts.map(t -> t.gatewayNanos("backendRequest").orElse(0)).orElse(0L);
    timeouts.ifPresent(
        node -> {
          if (request > 0 && perTry > request) {
            node.error("backendRequest", "is longer than request, which bounds it; shorten it");
          }
          node.end();
        });
    Optional<RetryPolicy> retry = rule.object("retry").map(node -> retry(node, perTry));
    if (route.redirect != null) {
      rule.refuse("timeouts", "a redirect reaches no server; take one of both out");
      rule.refuse("retry", "a redirect reaches no server; take one of both out");
      return;
    }
    route.timeoutNanos = request;
    route.retry = retry.orElse(perTry == 0 ? null : patient(RetryPolicy.DEFAULT, perTry));
  }

  private static RetryPolicy retry(Node node, long perTry) {
    RetryPolicy usual = RetryPolicy.DEFAULT;
    Set<Integer> codes = new TreeSet<>(node.integers("codes", 400, 599));
    int attempts = node.integer("attempts", 0, MOST_ATTEMPTS, usual.retries);
    long backoff = node.gatewayNanos("backoff").orElse(0);
    node.end();
    if (attempts == 0) {
      return patient(RetryPolicy.NEVER, perTry);
    }
    long base = backoff == 0 ? usual.backoffBaseNanos : backoff;
    return new RetryPolicy(
        attempts,
        CONNECTION_ERRORS,
        codes,
        perTry,
        base,
        base * MOST_BACKOFFS,
        usual.avoidPrevious,
        usual.remoteLocalities);
  }

  private static RetryPolicy patient(RetryPolicy policy, long perTry) {
    return new RetryPolicy(
        policy.retries,
        policy.conditions,
        policy.statuses,
        perTry,
        policy.backoffBaseNanos,
        policy.backoffMaxNanos,
        policy.avoidPrevious,
        policy.remoteLocalities);
  }
}
