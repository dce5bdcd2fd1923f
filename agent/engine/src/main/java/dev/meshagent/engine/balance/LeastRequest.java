package dev.meshagent.engine.balance;

import dev.meshagent.engine.Randomness;
import dev.meshagent.engine.snapshot.policy.BalancePolicy;

/** Istio's LEAST_REQUEST: two choices on {@code (outstanding + 1) / weight}. */
final class LeastRequest extends TwoChoices {
  LeastRequest(BalancePolicy policy, EndpointState[] endpoints, Peers peers) {
    super(policy, endpoints, peers);
  }

  @Override
  float cost(EndpointState endpoint, Randomness random, long now) {
    return endpoint.outstanding() + 1;
  }
}
