package dev.meshagent.engine.balance;

import dev.meshagent.engine.Randomness;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.Locality;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The endpoints among which one call may choose, best level first: ready ones by nearness, then
 * suspect, then draining. Immutable but for a remembered figure; thread-safe.
 *
 * <pre>
 *   level 0   ready, same zone        ┐ divided by how healthy each is
 *   level 1   ready, same region      │ (Envoy's priorities)
 *   level 2   ready, elsewhere        ┘
 *   level 3   suspect                   only when nothing above is left
 *   level 4   draining                  only when nothing above is left
 * </pre>
 */
public final class Candidates {
  /** Envoy's overprovisioning factor: a level passes load on when below 72 % healthy. */
  private static final double OVERPROVISIONING = 1.4;

  private static final long HEALTH_REMEMBERED_NANOS = 500_000_000L;

  private final Level[] levels;
  private final int readyLevels;
  private final int minHealthPercent;
  private final EndpointState[] all;
  private volatile HealthFigure health;

  /** Endpoints of one rank, in one or several weighted places. */
  private static final class Level {
    final Balancer[] places;
    final int[] weights;
    final int totalWeight;
    final EndpointState[] endpoints;

    Level(List<Nearness.Place> from, TrafficPolicy policy, Peers peers) {
      places = new Balancer[from.size()];
      weights = new int[from.size()];
      List<EndpointState> everyone = new ArrayList<>();
      int total = 0;
      for (int i = 0; i < places.length; i++) {
        Nearness.Place place = from.get(i);
        everyone.addAll(place.endpoints);
        places[i] =
            Balancer.of(policy.balance, place.endpoints.toArray(new EndpointState[0]), peers);
        weights[i] = place.weight;
        total += place.weight;
      }
      totalWeight = total;
      endpoints = everyone.toArray(new EndpointState[0]);
    }

    EndpointState pick(Picking call, Randomness random, long now, boolean panic) {
      int start = 0;
      if (places.length > 1) {
        int point = random.nextInt(totalWeight);
        while (point >= weights[start]) {
          point -= weights[start++];
        }
      }
      for (int i = 0; i < places.length; i++) {
        EndpointState picked = places[(start + i) % places.length].pick(call, random, now, panic);
        if (picked != null) {
          return picked;
        }
      }
      return null;
    }
  }

  /** How the ready levels share the calls, as of a moment. */
  private static final class HealthFigure {
    final long takenNanos;
    final double[] shares;
    final boolean panic;

    HealthFigure(long takenNanos, double[] shares, boolean panic) {
      this.takenNanos = takenNanos;
      this.shares = shares;
      this.panic = panic;
    }
  }

  public Candidates(
      List<EndpointState> endpoints, TrafficPolicy policy, Locality caller, Peers peers) {
    Map<Health, List<EndpointState>> byHealth = new EnumMap<>(Health.class);
    for (Health each : Health.values()) {
      byHealth.put(each, new ArrayList<EndpointState>());
    }
    for (EndpointState endpoint : endpoints) {
      byHealth.get(endpoint.endpoint().health).add(endpoint);
    }
    List<Level> made = new ArrayList<>();
    for (List<Nearness.Place> rank :
        Nearness.rank(byHealth.get(Health.READY), policy.balance.locality, caller)) {
      made.add(new Level(rank, policy, peers));
    }
    readyLevels = made.size();
    for (Health each : new Health[] {Health.SUSPECT, Health.DRAINING}) {
      if (!byHealth.get(each).isEmpty()) {
        List<Nearness.Place> rank = new ArrayList<>();
        rank.add(new Nearness.Place(byHealth.get(each), 1));
        made.add(new Level(rank, policy, peers));
      }
    }
    levels = made.toArray(new Level[0]);
    minHealthPercent = policy.ejection.minHealthPercent;
    all = endpoints.toArray(new EndpointState[0]);
  }

  public boolean isEmpty() {
    return levels.length == 0;
  }

  /** How many endpoints there are, of whatever health. */
  public int size() {
    return all.length;
  }

  public EndpointState get(int index) {
    return all[index];
  }

  /**
   * The endpoint for the next attempt: what is untried and admitted, level by level; then what is
   * admitted though tried; then what is ejected; and a dropped endpoint only at the very last, for
   * the controller may be wrong about all of them at once. Null only if there is no candidate.
   */
  public EndpointState choose(Picking call, Randomness random, long now) {
    boolean panic = minHealthPercent > 0 && health(now).panic;
    EndpointState picked = byLevel(call, random, now, panic);
    if (picked == null) {
      picked = byLevel(new Untried(call), random, now, panic);
    }
    return picked == null ? lastResort(random) : picked;
  }

  private EndpointState byLevel(Picking call, Randomness random, long now, boolean panic) {
    int start = readyLevels > 1 ? startLevel(call, random, now) : 0;
    if (start > 0) {
      EndpointState picked = levels[start].pick(call, random, now, panic);
      if (picked != null) {
        return picked;
      }
    }
    for (Level level : levels) {
      EndpointState picked = level.pick(call, random, now, panic);
      if (picked != null) {
        return picked;
      }
    }
    return null;
  }

  private int startLevel(Picking call, Randomness random, long now) {
    if (call.anyLocality()) {
      int point = random.nextInt(all.length);
      for (int i = 0; i < readyLevels; i++) {
        point -= levels[i].endpoints.length;
        if (point < 0) {
          return i;
        }
      }
      return 0;
    }
    double[] shares = health(now).shares;
    if (shares[0] >= 1) {
      return 0;
    }
    double point = random.nextInt(1 << 24) / (double) (1 << 24);
    for (int i = 0; i < shares.length; i++) {
      point -= shares[i];
      if (point < 0) {
        return i;
      }
    }
    return 0;
  }

  private HealthFigure health(long now) {
    HealthFigure figure = health;
    if (figure == null || now - figure.takenNanos > HEALTH_REMEMBERED_NANOS) {
      figure = takeHealth(now);
      health = figure;
    }
    return figure;
  }

  private HealthFigure takeHealth(long now) {
    double[] shares = new double[readyLevels];
    double left = 1;
    int admitted = 0;
    for (int i = 0; i < readyLevels; i++) {
      int healthy = 0;
      for (EndpointState endpoint : levels[i].endpoints) {
        healthy += endpoint.ejected(now) ? 0 : 1;
      }
      admitted += healthy;
      double carries =
          Math.min(1, OVERPROVISIONING * healthy / Math.max(1, levels[i].endpoints.length));
      shares[i] = Math.min(left, carries);
      left -= shares[i];
    }
    if (readyLevels > 0) {
      // What no level can carry is everybody's trouble: the nearest keep it.
      shares[0] += left;
    }
    return new HealthFigure(now, shares, admitted * 100L < (long) minHealthPercent * all.length);
  }

  private EndpointState lastResort(Randomness random) {
    EndpointState dropped = null;
    for (Level level : levels) {
      int size = level.endpoints.length;
      int start = random.nextInt(size);
      for (int i = 0; i < size; i++) {
        EndpointState endpoint = level.endpoints[(start + i) % size];
        if (!endpoint.dropped()) {
          return endpoint;
        }
        dropped = dropped == null ? endpoint : dropped;
      }
    }
    return dropped;
  }

  /** The same call with everything forgotten that it tried. */
  private static final class Untried implements Picking {
    private final Picking call;

    Untried(Picking call) {
      this.call = call;
    }

    @Override
    public boolean tried(EndpointState endpoint) {
      return false;
    }

    @Override
    public boolean hashed() {
      return call.hashed();
    }

    @Override
    public long hash() {
      return call.hash();
    }

    @Override
    public boolean anyLocality() {
      return call.anyLocality();
    }
  }
}
