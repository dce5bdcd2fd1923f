package dev.meshagent.engine.balance;

import dev.meshagent.engine.Randomness;
import dev.meshagent.engine.snapshot.policy.BalancePolicy;
import java.util.Arrays;

/**
 * By the request's hash on a ring: O(log n). An endpoint has points in proportion to its weight; a
 * key belongs to the first point after it whose endpoint is usable.
 *
 * <p>An endpoint of the least weight has as many points as the whole ring must have at least,
 * however many endpoints there are, until a ring of that kind would be too large; then it has half,
 * and so on. With Envoy's exact division one endpoint less would give points to all others, which
 * moves many more keys than it must.
 */
final class RingHash extends Balancer {
  /** 256 endpoints with 1024 points each: 3 MiB, and built within tens of ms. */
  private static final int LARGE = 1 << 18;

  private static final int LEAST_POINTS = 16;

  private final long[] points;
  private final int[] owners;

  RingHash(EndpointState[] endpoints, int minimum) {
    super(endpoints, null);
    long total = 0;
    int least = Integer.MAX_VALUE;
    for (EndpointState endpoint : endpoints) {
      total += endpoint.endpoint().weight;
      least = Math.min(least, endpoint.endpoint().weight);
    }
    double units = (double) total / least;
    int perUnit = powerAbove(minimum);
    while (perUnit > LEAST_POINTS && perUnit * units > Math.max(LARGE, minimum)) {
      perUnit /= 2;
    }
    while (perUnit > 1 && perUnit * units > BalancePolicy.RING_MAXIMUM) {
      perUnit /= 2;
    }
    long[][] ring = new long[endpoints.length][];
    int size = 0;
    for (int i = 0; i < endpoints.length; i++) {
      int count =
          (int) Math.max(1, Math.round((double) perUnit * endpoints[i].endpoint().weight / least));
      ring[i] = new long[count];
      for (int point = 0; point < count; point++) {
        ring[i][point] = Hashing.mix(endpoints[i].uidHash + point * 0x9E3779B97F4A7C15L);
      }
      size += count;
    }
    points = new long[size];
    int at = 0;
    for (long[] each : ring) {
      System.arraycopy(each, 0, points, at, each.length);
      at += each.length;
    }
    Arrays.sort(points);
    owners = new int[size];
    for (int i = 0; i < ring.length; i++) {
      for (long point : ring[i]) {
        owners[Arrays.binarySearch(points, point)] = i;
      }
    }
  }

  private static int powerAbove(double value) {
    int power = 1;
    while (power < value) {
      power *= 2;
    }
    return power;
  }

  @Override
  EndpointState pick(Picking call, Randomness random, long now, boolean panic) {
    long hash = call.hashed() ? call.hash() : random.nextLong();
    int found = Arrays.binarySearch(points, hash);
    int place = found >= 0 ? found : -found - 1;
    for (int i = 0; i < points.length; i++) {
      EndpointState endpoint = endpoints[owners[(place + i) % points.length]];
      if (usable(endpoint, call, now, panic)) {
        return endpoint;
      }
    }
    return null;
  }
}
