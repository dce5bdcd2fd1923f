package dev.meshagent.engine.balance;

import dev.meshagent.engine.Randomness;
import dev.meshagent.engine.snapshot.policy.BalancePolicy;

/**
 * Draws two candidates and takes the cheaper: O(1) however many endpoints there are, and nearly as
 * good as asking all of them (Mitzenmacher, "The Power of Two Choices").
 *
 * <p>Costs within a factor of {@value #DISTINCT} are noise as much as knowledge. If the lower one
 * always won, a caller that sends one request after another would give a sibling slower by a
 * hundredth nothing at all; so there the dearer candidate keeps a chance, which falls from a half
 * for equal costs to none for the double.
 *
 * <p>During a slow start the candidates are unlike: the first is drawn in proportion to what the
 * ramp gives to each, the second among those that have grown, and a newcomer that was drawn first
 * is taken unless it is the dearer by far. So a newcomer is never picked more often than its ramp
 * says, however cheap it looks, which one without load always does.
 */
abstract class TwoChoices extends Balancer {
  /** One more call in flight at an idle endpoint doubles its cost, and is to decide. */
  private static final float DISTINCT = 2;

  private static final int EXTRA_DRAWS = 4;

  /** Enough to find two even where half of the draws come to nothing. */
  private static final int RAMP_DRAWS = 8;

  private final Aperture aperture;

  /** The greatest weight of an endpoint. */
  private final int heaviest;

  TwoChoices(BalancePolicy policy, EndpointState[] endpoints, Peers peers) {
    super(Aperture.order(policy, endpoints, peers), policy.slowStart);
    this.aperture = Aperture.of(policy, endpoints.length, peers);
    int most = 1;
    for (EndpointState endpoint : endpoints) {
      most = Math.max(most, endpoint.weight());
    }
    this.heaviest = most;
  }

  /** What a call to the endpoint is expected to cost; only ratios matter. */
  abstract float cost(EndpointState endpoint, Randomness random, long now);

  /** The chance that the dearer of two keeps however dear it is. */
  float leastChance(EndpointState dear, long now) {
    return 0;
  }

  @Override
  final EndpointState pick(Picking call, Randomness random, long now, boolean panic) {
    int size = endpoints.length;
    if (size == 1) {
      return usable(endpoints[0], call, now, panic) ? endpoints[0] : null;
    }
    EndpointState picked =
        slowStart == null
            ? alike(size, call, random, now, panic)
            : ramped(call, random, now, panic);
    if (picked == null) {
      return scan(random.nextInt(size), call, now, panic);
    }
    if (aperture != null) {
      aperture.observe(picked.outstanding(), now);
    }
    return picked;
  }

  /** Of two that were drawn alike; null if none is usable. */
  private EndpointState alike(int size, Picking call, Randomness random, long now, boolean panic) {
    EndpointState first;
    EndpointState second;
    if (aperture == null) {
      // Two different ones out of one random number, without the cost of dividing.
      long bits = random.nextLong();
      int firstDraw = (int) ((bits >>> 32) * size >>> 32);
      int secondDraw = (int) ((bits & 0xffffffffL) * (size - 1) >>> 32);
      first = endpoints[firstDraw];
      second = endpoints[secondDraw < firstDraw ? secondDraw : secondDraw + 1];
    } else {
      first = endpoints[aperture.draw(random)];
      second = endpoints[aperture.draw(random)];
    }
    return first != second && usable(first, call, now, panic) && usable(second, call, now, panic)
        ? cheaper(first, second, random, now)
        : among(first, second, call, random, now, panic);
  }

  private EndpointState among(
      EndpointState first,
      EndpointState second,
      Picking call,
      Randomness random,
      long now,
      boolean panic) {
    EndpointState known = null;
    for (int draw = 0; draw < EXTRA_DRAWS + 2; draw++) {
      EndpointState other = draw == 0 ? first : draw == 1 ? second : endpoints[draw(random)];
      if (other != known && usable(other, call, now, panic)) {
        if (known != null) {
          return cheaper(known, other, random, now);
        }
        known = other;
      }
    }
    return known;
  }

  private int draw(Randomness random) {
    return aperture == null ? random.nextInt(endpoints.length) : aperture.draw(random);
  }

  /** Of two during a slow start; null if no draw came to anything. */
  private EndpointState ramped(Picking call, Randomness random, long now, boolean panic) {
    EndpointState first = null;
    for (int draw = 0; draw < RAMP_DRAWS; draw++) {
      EndpointState other = endpoints[draw(random)];
      if (other == first || !usable(other, call, now, panic)) {
        continue;
      }
      boolean starting = starting(other, now);
      if (first == null) {
        first = !starting || happens(rampShare(other, now), random) ? other : null;
      } else if (!starting) {
        return starting(first, now)
            ? unlessDearer(first, other, random, now)
            : cheaper(first, other, random, now);
      }
    }
    return first;
  }

  /** Of the draws of a newcomer; beside the heaviest, so that a light one gets no more either. */
  private double rampShare(EndpointState newcomer, long now) {
    return slowStart.factor(newcomer.age(now)) * newcomer.weight() / heaviest;
  }

  private EndpointState unlessDearer(
      EndpointState newcomer, EndpointState grown, Randomness random, long now) {
    return weighted(newcomer, random, now) < DISTINCT * weighted(grown, random, now)
            || happens(leastChance(newcomer, now), random)
        ? newcomer
        : grown;
  }

  private EndpointState cheaper(EndpointState a, EndpointState b, Randomness random, long now) {
    float costA = weighted(a, random, now);
    float costB = weighted(b, random, now);
    boolean aIsCheap = costA <= costB;
    EndpointState cheap = aIsCheap ? a : b;
    EndpointState dear = aIsCheap ? b : a;
    float low = aIsCheap ? costA : costB;
    float high = aIsCheap ? costB : costA;
    float chanceOfDear =
        high < DISTINCT * low ? 1 - high / (DISTINCT * low) : leastChance(dear, now);
    return chanceOfDear > 0 && happens(chanceOfDear, random) ? dear : cheap;
  }

  private float weighted(EndpointState endpoint, Randomness random, long now) {
    return cost(endpoint, random, now) / endpoint.weight();
  }
}
