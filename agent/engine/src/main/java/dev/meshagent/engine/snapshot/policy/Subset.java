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

  public Subset(String name, Map<String, String> labels, TrafficPolicy traffic) {
    this.name = name;
    this.labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    this.traffic = traffic;
  }

  /** True if labels are those of a member. */
  public boolean selects(Map<String, String> of) {
    return of.entrySet().containsAll(labels.entrySet());
  }

  @Override
  protected Object[] fields() {
    return new Object[] {name, labels, traffic};
  }
}
