package dev.meshagent.engine.balance;

import dev.meshagent.engine.Randomness;
import dev.meshagent.engine.snapshot.policy.BalancePolicy;
import java.util.Arrays;

/**
 * The default balancer: two choices on {@code latency × (outstanding + 1) / weight}.
 *
 * <p>An endpoint not measured yet counts as the median of a few measured siblings and gets one call
 * at a time until it is, so that a newcomer is neither starved nor flooded.
 */
final class LatencyAware extends TwoChoices {
  /**
   * What an idle endpoint keeps of a chance in the first seconds after its first answer, however
   * slow that was: the first connection and the first request cost what later ones do not.
   */
  private static final float YOUNG_CHANCE = 1f / 20;

  private static final int SAMPLED_SIBLINGS = 5;

  /**
   * How much dearer an unmeasured endpoint is that has its one call already: beyond any siblings
   * but those that are drowning.
   */
  private static final float BUSY_NEWCOMER = 16;

  /** What any endpoint costs while none is measured; only the ratio matters. */
  private static final float NOBODY_KNOWS = 1e6f;

  LatencyAware(BalancePolicy policy, EndpointState[] endpoints, Peers peers) {
    super(policy, endpoints, peers);
  }

  @Override
  float cost(EndpointState endpoint, Randomness random, long now) {
    int outstanding = endpoint.outstanding();
    float latency = endpoint.fadedNanos(now);
    if (latency == 0) {
      latency =
          siblingsMedian(random, now) * (outstanding > 0 ? BUSY_NEWCOMER : endpoint.penalty(now));
    }
    return latency * (outstanding + 1);
  }

  @Override
  float leastChance(EndpointState dear, long now) {
    return dear.outstanding() == 0 && dear.young(now) ? YOUNG_CHANCE : 0;
  }

  private float siblingsMedian(Randomness random, long now) {
    float[] sampled = new float[SAMPLED_SIBLINGS];
    int count = 0;
    for (int draw = 0; draw < 2 * SAMPLED_SIBLINGS && count < SAMPLED_SIBLINGS; draw++) {
      float latency = endpoints[random.nextInt(endpoints.length)].fadedNanos(now);
      if (latency > 0) {
        sampled[count++] = latency;
      }
    }
    if (count == 0) {
      return NOBODY_KNOWS;
    }
    Arrays.sort(sampled, 0, count);
    return sampled[count / 2];
  }
}
