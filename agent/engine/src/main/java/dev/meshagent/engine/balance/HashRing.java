package dev.meshagent.engine.balance;

import dev.meshagent.engine.snapshot.policy.BalancePolicy;

/**
 * The points of endpoints on a circle. The points of an endpoint follow from its hash alone, and
 * how many it has from its weight, so that one endpoint less gives its keys to others and moves no
 * more. Immutable.
 *
 * <pre>
 *   points
 *   2^23 |                              ____  Envoy's largest
 *        |                       __.--''
 *   2^19 |               _.--''     size^0.9
 *        |          _.-'
 *        |     _.-'   513 an endpoint
 *        +-------------|----------------|---&gt; endpoints
 *                    1,022           22,000
 * </pre>
 *
 * <p>With {@value #LEAST_POINTS} points and more the share of an endpoint strays from its due by a
 * 23rd (standard deviation). A ring that grows more slowly than the number of endpoints takes
 * points from all of them: beside the keys of the one that goes, 10 % as many of others move. On a
 * ring that keeps its size, as Envoy's, as many again. Weights count beside their mean, so where
 * they differ the counts of all shift a little when one goes.
 *
 * <p>Takes 9 bytes a point: 5 MB for 1,000 endpoints, 37 MB for 10,000. Finding a point is O(1),
 * since they are hashes and so lie evenly.
 */
final class HashRing {
  private static final int LEAST_POINTS = 512;
  private static final int LARGE = 1 << 19;
  private static final double GROWTH_WHEN_LARGE = 0.9;

  /** A point is where it lies, in the high bits, and whose it is. */
  private static final int OWNER_BITS = 24;

  private static final int PLACE_BITS = 63 - OWNER_BITS;
  private static final int OWNER_MASK = (1 << OWNER_BITS) - 1;

  /** Points between two entries of the index, on average: what one line of the cache holds. */
  private static final int POINTS_PER_BUCKET = 4;

  private static final long STEP = 0x9E3779B97F4A7C15L;

  private final long[] points;

  /** Where the points begin whose places have the same high bits. */
  private final int[] buckets;

  private final int bucketShift;

  /**
   * A ring.
   *
   * @param hashes of the endpoints, ascending, so that all processes settle ties alike
   * @param minimum the least number of points in all
   */
  HashRing(long[] hashes, int[] weights, int minimum) {
    double total = 0;
    for (int weight : weights) {
      total += weight;
    }
    double perWeight = size(hashes.length, minimum) / total;
    int[] counts = new int[hashes.length];
    int size = 0;
    for (int i = 0; i < counts.length; i++) {
      // Rounded by lot, so that a slowly growing ring takes points from one endpoint after another.
      double lot = (Hashing.mix(hashes[i] - STEP) >>> 11) * 0x1.0p-53;
      counts[i] = (int) Math.max(1, weights[i] * perWeight + lot);
      size += counts[i];
    }
    int bits = 32 - Integer.numberOfLeadingZeros(size / POINTS_PER_BUCKET);
    bucketShift = 63 - bits;
    buckets = new int[(1 << bits) + 1];
    points = new long[size];
    for (int i = 0; i < counts.length; i++) {
      for (int replica = 0; replica < counts[i]; replica++) {
        buckets[(int) (point(hashes[i], replica, i) >>> bucketShift) + 1]++;
      }
    }
    for (int i = 1; i < buckets.length; i++) {
      buckets[i] += buckets[i - 1];
    }
    int[] filled = buckets.clone();
    for (int i = 0; i < counts.length; i++) {
      for (int replica = 0; replica < counts[i]; replica++) {
        long point = point(hashes[i], replica, i);
        int bucket = (int) (point >>> bucketShift);
        int at = filled[bucket]++;
        for (; at > buckets[bucket] && points[at - 1] > point; at--) {
          points[at] = points[at - 1];
        }
        points[at] = point;
      }
    }
  }

  /** How many points a ring has, but for rounding by less than one an endpoint. */
  static double size(int endpoints, int minimum) {
    if (endpoints == 1) {
      return Math.max(LEAST_POINTS, minimum);
    }
    // Two endpoints have the minimum between them, and one each for rounding.
    double linear = Math.max(LEAST_POINTS, minimum / 2 + 1) * (double) endpoints;
    double large = Math.max(LARGE, minimum);
    double size = linear <= large ? linear : large * Math.pow(linear / large, GROWTH_WHEN_LARGE);
    return Math.min(size, BalancePolicy.RING_MAXIMUM - 2.0 * endpoints);
  }

  private static long point(long hash, int replica, int owner) {
    return place(Hashing.mix(hash + replica * STEP)) << OWNER_BITS | owner;
  }

  private static long place(long hash) {
    return hash >>> 64 - PLACE_BITS;
  }

  /** The first point from where a hash lies on, in the round. */
  int from(long hash) {
    long key = place(hash) << OWNER_BITS;
    int at = buckets[(int) (key >>> bucketShift)];
    while (at < points.length && points[at] < key) {
      at++;
    }
    return at == points.length ? 0 : at;
  }

  int size() {
    return points.length;
  }

  /** Where a point lies, from 0 to below 2^39. */
  long place(int point) {
    return points[point] >>> OWNER_BITS;
  }

  /** Whose a point is: a place in the arrays that the ring was made from. */
  int owner(int point) {
    return (int) points[point] & OWNER_MASK;
  }
}
