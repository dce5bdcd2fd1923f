package dev.meshagent.engine.balance;

import dev.meshagent.engine.Randomness;
import dev.meshagent.engine.snapshot.policy.SlowStart;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * In turn, smoothly weighted: the turns of a heavy endpoint lie evenly between those of the others.
 * The order is made once, by earliest deadline first, so that a pick is O(1).
 */
final class RoundRobin extends Balancer {
  /** A schedule no longer than this; beyond it weights are rounded. */
  private static final int LONGEST = 1 << 16;

  private final int[] schedule;
  private final AtomicInteger turn = new AtomicInteger();

  RoundRobin(EndpointState[] endpoints, SlowStart slowStart) {
    super(endpoints, slowStart);
    schedule = schedule(endpoints);
  }

  private static int[] schedule(EndpointState[] endpoints) {
    int divisor = 0;
    long total = 0;
    for (EndpointState endpoint : endpoints) {
      divisor = gcd(endpoint.endpoint().weight, divisor);
      total += endpoint.endpoint().weight;
    }
    int length = (int) Math.max(endpoints.length, Math.min(LONGEST, total / divisor));
    PriorityQueue<double[]> next =
        new PriorityQueue<>(
            endpoints.length,
            new java.util.Comparator<double[]>() {
              @Override
              public int compare(double[] a, double[] b) {
                int byDeadline = Double.compare(a[0], b[0]);
                return byDeadline != 0 ? byDeadline : Double.compare(a[1], b[1]);
              }
            });
    for (int i = 0; i < endpoints.length; i++) {
      // Half a period first, so that equal weights begin in order and heavy ones do not crowd.
      next.add(new double[] {0.5 / endpoints[i].endpoint().weight, i});
    }
    int[] turns = new int[length];
    for (int i = 0; i < length; i++) {
      double[] soonest = next.poll();
      turns[i] = (int) soonest[1];
      soonest[0] += 1.0 / endpoints[turns[i]].endpoint().weight;
      next.add(soonest);
    }
    return turns;
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  @Override
  EndpointState pick(Picking call, Randomness random, long now, boolean panic) {
    for (int i = 0; i < endpoints.length; i++) {
      int place = (turn.getAndIncrement() & Integer.MAX_VALUE) % schedule.length;
      EndpointState endpoint = endpoints[schedule[place]];
      if (usable(endpoint, call, now, panic) && started(endpoint, random, now)) {
        return endpoint;
      }
    }
    return scan(random.nextInt(endpoints.length), call, now, panic);
  }
}
