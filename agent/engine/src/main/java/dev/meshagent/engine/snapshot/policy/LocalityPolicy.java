package dev.meshagent.engine.snapshot.policy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How much nearness counts. Immutable. */
public final class LocalityPolicy extends Value {
  /** Same zone, then region, then anywhere, by health. */
  public static final LocalityPolicy DEFAULT =
      new LocalityPolicy(
          true, Collections.<Distribute>emptyList(), Collections.<String, String>emptyMap());

  /** False: nearness does not count. */
  public final boolean enabled;

  /** The first whose origin fits the caller divides the calls; none leaves it to nearness. */
  public final List<Distribute> distribute;

  /** The region that takes over for a region. */
  public final Map<String, String> failover;

  public LocalityPolicy(
      boolean enabled, List<Distribute> distribute, Map<String, String> failover) {
    this.enabled = enabled;
    this.distribute = copy(distribute);
    this.failover = Collections.unmodifiableMap(new TreeMap<>(failover));
  }

  /** How the calls from one place are divided. Immutable. */
  public static final class Distribute extends Value {
    /** {@code region/zone/subzone}; a part that is missing or {@code *} fits anything. */
    public final String from;

    /** Places in the same notation, with their weights. */
    public final Map<String, Integer> to;

    public Distribute(String from, Map<String, Integer> to) {
      this.from = from;
      this.to = Collections.unmodifiableMap(new TreeMap<>(to));
    }

    @Override
    protected Object[] fields() {
      return new Object[] {from, to};
    }
  }

  /** All places that are written, for validation. */
  public List<String> places() {
    List<String> places = new ArrayList<>();
    for (Distribute each : distribute) {
      places.add(each.from);
      places.addAll(each.to.keySet());
    }
    return places;
  }

  @Override
  protected Object[] fields() {
    return new Object[] {enabled, distribute, failover};
  }
}
