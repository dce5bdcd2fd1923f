package dev.meshagent.controller.compile.istio;

import dev.meshagent.engine.snapshot.policy.Subset;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;
import java.util.List;
import java.util.Map;

/**
 * What DestinationRules say of calls to one service. Immutable.
 *
 * @param ports by the number of the service's port
 */
public record TrafficRules(
    TrafficPolicy traffic, Map<Integer, TrafficPolicy> ports, List<Subset> subsets) {
  public static final TrafficRules NONE =
      new TrafficRules(TrafficPolicy.DEFAULT, Map.of(), List.of());

  public TrafficRules {
    ports = Map.copyOf(ports);
    subsets = List.copyOf(subsets);
  }
}
