package dev.meshagent.engine.snapshot.policy;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** Endpoints of a service that bear certain labels. Immutable. */
public final class Subset extends Value {
  public final String name;
  public final Map<String, String> labels;

  /** Complete by itself, or null for the service's. */
  public final TrafficPolicy traffic;

  /** Complete by themselves; by the number of the service's port. They go before the others. */
  public final Map<Integer, TrafficPolicy> portTraffic;

  public Subset(
      String name,
      Map<String, String> labels,
      TrafficPolicy traffic,
      Map<Integer, TrafficPolicy> portTraffic) {
    this.name = name;
    this.labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    this.traffic = traffic;
    this.portTraffic = Collections.unmodifiableMap(new TreeMap<>(portTraffic));
  }

  /** A subset whose ports are all alike. */
  public Subset(String name, Map<String, String> labels, TrafficPolicy traffic) {
    this(name, labels, traffic, Collections.<Integer, TrafficPolicy>emptyMap());
  }

  /** True if labels are those of a member. */
  public boolean selects(Map<String, String> of) {
    return of.entrySet().containsAll(labels.entrySet());
  }

  @Override
  protected Object[] fields() {
    return new Object[] {name, labels, traffic, portTraffic};
  }
}
