package dev.meshagent.engine.balance;

import dev.meshagent.engine.Randomness;
import java.util.Arrays;

/**
 * The default balancer: of two random candidates the one with the lower {@code latency ×
 * (outstanding + 1) / weight}. O(1) however many endpoints there are.
 *
 * <p>Costs within a factor of {@value #DISTINCT} are noise as much as knowledge. If the lower one
 * always won, a caller that sends one request after another would give a sibling slower by a
 * hundredth nothing at all; so there the dearer candidate keeps a chance, which falls from a half
 * for equal costs to none for the double.
 *
 * <p>An endpoint not measured yet counts as the median of a few measured siblings and gets one call
 * at a time until it is, so that a newcomer is neither starved nor flooded. Stateless, thread-safe.
 */
public final class LatencyAware {
  /** One more call in flight at an idle endpoint doubles its cost, and is to decide. */
  private static final float DISTINCT = 2;

  /**
   * What an idle endpoint keeps of a chance in the first seconds after its first answer, however
   * slow that was: the first connection and the first request cost what later ones do not.
   */
  private static final float YOUNG_CHANCE = 1f / 20;

  private static final int SAMPLED_SIBLINGS = 5;
  private static final int EXTRA_DRAWS = 4;

  /** What an unmeasured endpoint costs that has its one call already; beyond any latency. */
  private static final float BUSY_NEWCOMER = 1e15f;

  /** What any endpoint costs while none is measured; only the ratio matters. */
  private static final float NOBODY_KNOWS = 1e6f;

  private LatencyAware() {}

  /** Picks from a tier, or answers null if nothing in it is both admissible and untried. */
  public static EndpointState pick(
      Candidates.Tier tier, Candidates.Tried tried, Randomness random, long now) {
    int size = tier.size();
    int start = random.nextInt(size);
    if (size == 1) {
      return usable(tier.get(0), tried, now) ? tier.get(0) : null;
    }
    EndpointState first = tier.get(start);
    EndpointState second = tier.get((start + 1 + random.nextInt(size - 1)) % size);
    boolean firstUsable = usable(first, tried, now);
    boolean secondUsable = usable(second, tried, now);
    if (!firstUsable || !secondUsable) {
      EndpointState known = firstUsable ? first : secondUsable ? second : null;
      for (int draw = 0; draw < EXTRA_DRAWS; draw++) {
        EndpointState other = tier.get(random.nextInt(size));
        if (other != known && usable(other, tried, now)) {
          if (known == null) {
            known = other;
          } else {
            return cheaper(tier, known, other, random, now);
          }
        }
      }
      return known != null ? known : scan(tier, start, tried, now);
    }
    return cheaper(tier, first, second, random, now);
  }

  private static boolean usable(EndpointState endpoint, Candidates.Tried tried, long now) {
    return endpoint.admits(now) && !tried.tried(endpoint);
  }

  private static EndpointState scan(
      Candidates.Tier tier, int start, Candidates.Tried tried, long now) {
    int size = tier.size();
    for (int i = 0; i < size; i++) {
      EndpointState endpoint = tier.get((start + i) % size);
      if (usable(endpoint, tried, now)) {
        return endpoint;
      }
    }
    return null;
  }

  private static EndpointState cheaper(
      Candidates.Tier tier, EndpointState a, EndpointState b, Randomness random, long now) {
    float costA = cost(tier, a, random, now);
    float costB = cost(tier, b, random, now);
    EndpointState cheap = costA <= costB ? a : b;
    EndpointState dear = cheap == a ? b : a;
    float chanceOfDear = 1 - Math.max(costA, costB) / (DISTINCT * Math.min(costA, costB));
    if (chanceOfDear < YOUNG_CHANCE && dear.outstanding() == 0 && dear.latency.young(now)) {
      chanceOfDear = YOUNG_CHANCE;
    }
    return chanceOfDear > 0 && random.nextInt(1 << 24) < chanceOfDear * (1 << 24) ? dear : cheap;
  }

  private static float cost(
      Candidates.Tier tier, EndpointState endpoint, Randomness random, long now) {
    int outstanding = endpoint.outstanding();
    float latency = endpoint.latency.fadedNanos(now);
    if (latency == 0) {
      latency =
          outstanding > 0
              ? BUSY_NEWCOMER
              : siblingsMedian(tier, random, now) * endpoint.latency.penalty(now);
    }
    return latency * (outstanding + 1) / endpoint.endpoint().weight;
  }

  private static float siblingsMedian(Candidates.Tier tier, Randomness random, long now) {
    float[] sampled = new float[SAMPLED_SIBLINGS];
    int count = 0;
    for (int draw = 0; draw < 2 * SAMPLED_SIBLINGS && count < SAMPLED_SIBLINGS; draw++) {
      float latency = tier.get(random.nextInt(tier.size())).latency.fadedNanos(now);
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
