package dev.meshagent.engine.balance;

import dev.meshagent.engine.Randomness;
import dev.meshagent.engine.snapshot.policy.BalancePolicy;
import dev.meshagent.engine.snapshot.policy.SlowStart;

/**
 * Picks one of several equally near and equally healthy endpoints. What takes time to build is
 * built with the balancer, off the path of calls. Thread-safe; picking takes no lock and allocates
 * nothing.
 */
abstract class Balancer {
  private static final int CHANCES = 1 << 24;

  final EndpointState[] endpoints;
  final SlowStart slowStart;

  Balancer(EndpointState[] endpoints, SlowStart slowStart) {
    this.endpoints = endpoints;
    this.slowStart = slowStart;
  }

  /**
   * Picks.
   *
   * @param panic true to take ejected endpoints too, because too few others are left
   * @return null if nothing is both admissible and untried
   */
  abstract EndpointState pick(Picking call, Randomness random, long now, boolean panic);

  /** The balancer that a policy asks for. */
  static Balancer of(BalancePolicy policy, EndpointState[] endpoints, Peers peers) {
    switch (policy.algorithm) {
      case LEAST_REQUEST:
        return new LeastRequest(policy, endpoints, peers);
      case ROUND_ROBIN:
        return new RoundRobin(endpoints, policy.slowStart);
      case RANDOM:
        return new WeightedRandom(endpoints, policy.slowStart);
      case RING_HASH:
        return new RingHash(endpoints, policy.ringMinimum);
      case MAGLEV:
        return new Maglev(endpoints, policy.tableSize);
      default:
        return new LatencyAware(policy, endpoints, peers);
    }
  }

  static boolean usable(EndpointState endpoint, Picking call, long now, boolean panic) {
    return (panic ? !endpoint.dropped() : endpoint.admits(now)) && !call.tried(endpoint);
  }

  /** True for an endpoint in its slow start. */
  final boolean starting(EndpointState endpoint, long now) {
    return slowStart != null && endpoint.age(now) < slowStart.windowNanos;
  }

  /** False for the share of the draws that an endpoint in its slow start is spared. */
  final boolean started(EndpointState endpoint, Randomness random, long now) {
    return !starting(endpoint, now) || happens(slowStart.factor(endpoint.age(now)), random);
  }

  /** True with that chance. */
  static boolean happens(double chance, Randomness random) {
    return random.nextInt(CHANCES) < chance * CHANCES;
  }

  /**
   * The first usable one from a place on: for when drawing did not find any. One in its slow start
   * only if there is no other, since nobody has drawn lots for it here.
   */
  final EndpointState scan(int start, Picking call, long now, boolean panic) {
    int size = endpoints.length;
    EndpointState newcomer = null;
    for (int i = 0; i < size; i++) {
      EndpointState endpoint = endpoints[(start + i) % size];
      if (usable(endpoint, call, now, panic)) {
        if (!starting(endpoint, now)) {
          return endpoint;
        }
        newcomer = newcomer == null ? endpoint : newcomer;
      }
    }
    return newcomer;
  }
}
