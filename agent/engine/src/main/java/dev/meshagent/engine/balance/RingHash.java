package dev.meshagent.engine.balance;

import dev.meshagent.engine.Randomness;

/**
 * By the request's hash on a {@link HashRing}: a key belongs to the first point from it on whose
 * endpoint is usable.
 */
final class RingHash extends Balancer {
  private final HashRing ring;

  RingHash(EndpointState[] endpoints, int minimum) {
    super(Hashing.inOrder(endpoints), null);
    int[] weights = new int[endpoints.length];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = this.endpoints[i].weight();
    }
    ring = new HashRing(Hashing.ofUids(this.endpoints), weights, minimum);
  }

  @Override
  EndpointState pick(Picking call, Randomness random, long now, boolean panic) {
    int first = ring.from(call.hashed() ? call.hash() : random.nextLong());
    for (int i = 0; i < ring.size(); i++) {
      int point = first + i < ring.size() ? first + i : first + i - ring.size();
      EndpointState endpoint = endpoints[ring.owner(point)];
      if (usable(endpoint, call, now, panic)) {
        return endpoint;
      }
    }
    return null;
  }
}
