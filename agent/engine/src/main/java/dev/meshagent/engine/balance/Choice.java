package dev.meshagent.engine.balance;

import dev.meshagent.engine.Randomness;

/**
 * The order in which a call goes through its candidates: what is untried and admitted, tier by
 * tier; then what is admitted though tried; then what is ejected; and a dropped endpoint only at
 * the very last, for the controller may be wrong about all of them at once.
 */
public final class Choice {
  // A class and not a lambda: the first lambda of a process costs its first call tens of ms.
  private static final Candidates.Tried NOTHING =
      new Candidates.Tried() {
        @Override
        public boolean tried(EndpointState endpoint) {
          return false;
        }
      };

  private Choice() {}

  /** The endpoint for the next attempt; null only if there are no candidates at all. */
  public static EndpointState of(
      Candidates candidates, Candidates.Tried tried, Randomness random, long now) {
    for (Candidates.Tier tier : candidates.tiers) {
      EndpointState endpoint = LatencyAware.pick(tier, tried, random, now);
      if (endpoint != null) {
        return endpoint;
      }
    }
    for (Candidates.Tier tier : candidates.tiers) {
      EndpointState endpoint = LatencyAware.pick(tier, NOTHING, random, now);
      if (endpoint != null) {
        return endpoint;
      }
    }
    return lastResort(candidates, random);
  }

  private static EndpointState lastResort(Candidates candidates, Randomness random) {
    EndpointState dropped = null;
    for (Candidates.Tier tier : candidates.tiers) {
      int start = random.nextInt(tier.size());
      for (int i = 0; i < tier.size(); i++) {
        EndpointState endpoint = tier.get((start + i) % tier.size());
        if (!endpoint.dropped()) {
          return endpoint;
        }
        dropped = dropped == null ? endpoint : dropped;
      }
    }
    return dropped;
  }
}
