package dev.meshagent.engine.snapshot.policy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What somebody wrote about calls to one service, in the engine's own terms. Immutable. */
public final class ServicePolicy extends Value {
  /** Which route wins when several fit. */
  public enum Order {
    /** The first: VirtualService. */
    FIRST,
    /** The most specific, then the first: HTTPRoute and GRPCRoute. */
    MOST_SPECIFIC
  }

  /** Nobody wrote anything: the defaults hold. */
  public static final ServicePolicy NONE = new Builder().build();

  public final Order order;

  /** Empty: every call goes to the service itself. Otherwise a call that none fits gets 404. */
  public final List<Route> routes;

  public final TrafficPolicy traffic;

  /** Complete by themselves; by the number of the service's port. */
  public final Map<Integer, TrafficPolicy> portTraffic;

  public final List<Subset> subsets;

  private ServicePolicy(Builder builder) {
    order = builder.order;
    routes = copy(builder.routes);
    traffic = builder.traffic;
    portTraffic = Collections.unmodifiableMap(new TreeMap<>(builder.portTraffic));
    subsets = copy(builder.subsets);
  }

  /** What holds for calls to a subset (null for the whole service) on a port of the service. */
  public TrafficPolicy traffic(Subset subset, int port) {
    TrafficPolicy ofSubset = subset == null ? null : subset.portTraffic.get(port);
    if (ofSubset != null) {
      return ofSubset;
    }
    if (subset != null && subset.traffic != null) {
      return subset.traffic;
    }
    TrafficPolicy ofPort = portTraffic.get(port);
    return ofPort == null ? traffic : ofPort;
  }

  /** Collects a policy; the fields mean what they mean there. */
  public static final class Builder {
    public Order order = Order.FIRST;
    public List<Route> routes = new ArrayList<>();
    public TrafficPolicy traffic = TrafficPolicy.DEFAULT;
    public Map<Integer, TrafficPolicy> portTraffic = new TreeMap<>();
    public List<Subset> subsets = new ArrayList<>();

    public Builder route(Route route) {
      routes.add(route);
      return this;
    }

    public Builder subset(String name, String label, String value) {
      subsets.add(new Subset(name, Collections.singletonMap(label, value), null));
      return this;
    }

    public Builder traffic(TrafficPolicy newTraffic) {
      traffic = newTraffic;
      return this;
    }

    public ServicePolicy build() {
      return new ServicePolicy(this);
    }
  }

  @Override
  protected Object[] fields() {
    return new Object[] {order, routes, traffic, portTraffic, subsets};
  }
}
