package dev.meshagent.engine.balance;

import dev.meshagent.engine.Randomness;
import dev.meshagent.engine.snapshot.policy.SlowStart;
import java.util.ArrayDeque;

/** By chance, in proportion to the weights: O(1) by Vose's alias method. */
final class WeightedRandom extends Balancer {
  private static final int DRAWS = 8;

  /** Null where all weigh the same. */
  private final float[] keep;

  private final int[] alias;

  WeightedRandom(EndpointState[] endpoints, SlowStart slowStart) {
    super(endpoints, slowStart);
    int size = endpoints.length;
    long total = 0;
    boolean even = true;
    for (EndpointState endpoint : endpoints) {
      total += endpoint.weight();
      even &= endpoint.weight() == endpoints[0].weight();
    }
    keep = even ? null : new float[size];
    alias = new int[even ? 0 : size];
    if (even) {
      return;
    }
    double[] scaled = new double[size];
    ArrayDeque<Integer> small = new ArrayDeque<>();
    ArrayDeque<Integer> large = new ArrayDeque<>();
    for (int i = 0; i < size; i++) {
      scaled[i] = (double) endpoints[i].endpoint().weight * size / total;
      (scaled[i] < 1 ? small : large).add(i);
    }
    while (!small.isEmpty() && !large.isEmpty()) {
      int less = small.poll();
      int more = large.poll();
      keep[less] = (float) scaled[less];
      alias[less] = more;
      scaled[more] -= 1 - scaled[less];
      (scaled[more] < 1 ? small : large).add(more);
    }
    for (int rest : small) {
      keep[rest] = 1;
    }
    for (int rest : large) {
      keep[rest] = 1;
    }
  }

  @Override
  EndpointState pick(Picking call, Randomness random, long now, boolean panic) {
    for (int i = 0; i < DRAWS; i++) {
      int column = random.nextInt(endpoints.length);
      boolean kept = keep == null || random.nextInt(1 << 24) < keep[column] * (1 << 24);
      EndpointState endpoint = endpoints[kept ? column : alias[column]];
      if (usable(endpoint, call, now, panic) && started(endpoint, random, now)) {
        return endpoint;
      }
    }
    return scan(random.nextInt(endpoints.length), call, now, panic);
  }
}
