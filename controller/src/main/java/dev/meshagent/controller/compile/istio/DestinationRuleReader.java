package dev.meshagent.controller.compile.istio;

import dev.meshagent.controller.compile.document.Exports;
import dev.meshagent.controller.compile.document.Node;
import dev.meshagent.controller.compile.document.Problems;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.engine.snapshot.policy.Subset;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads a DestinationRule: how calls reach its host, whichever route they took.
 *
 * <pre>
 *   the whole          trafficPolicy over the defaults
 *   a port             its portLevelSettings over the defaults
 *   a subset           its trafficPolicy over that of the whole
 *   a subset's port    the subset's over that of the port
 * </pre>
 */
public final class DestinationRuleReader {
  private static final String SUBSET_NAME = "[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?";

  private final TrafficReader reader;
  private final TrafficPolicy whole;
  private final Map<Integer, TrafficPolicy> ports = new TreeMap<>();
  private final List<Subset> subsets = new ArrayList<>();

  private DestinationRuleReader(Resource resource, Problems problems) {
    this.reader = new TrafficReader(RuleAnnotations.defaults(resource, problems));
    Node spec = Node.spec(resource, problems);
    Exports.check(spec);
    spec.object("workloadSelector")
        .ifPresent(
            selector -> {
              if (selector.textMap("matchLabels").isEmpty()) {
                selector.error("matchLabels", "is missing; write the labels of the callers");
              }
              selector.end();
            });
    Optional<Node> policy = spec.object("trafficPolicy");
    this.whole = policy.map(p -> reader.groups(p, reader.defaults())).orElse(reader.defaults());
    policy.ifPresent(
        p -> {
          reader.ports(p).forEach((port, node) -> ports.put(port, atPort(node, reader.defaults())));
          end(p);
        });
    Set<String> names = new HashSet<>();
    for (Node node : spec.objects("subsets")) {
      subset(node, names);
    }
    spec.skip("host").end();
  }

  /** What the resource says of calls to its host. */
  public static TrafficRules read(Resource resource, Problems problems) {
    DestinationRuleReader read = new DestinationRuleReader(resource, problems);
    return new TrafficRules(read.whole, read.ports, read.subsets);
  }

  private void subset(Node node, Set<String> names) {
    String name = node.required("name");
    if (!name.isEmpty() && !name.matches(SUBSET_NAME)) {
      node.error("name", "write letters, digits, '-', '_' and '.', at most 63");
    } else if (!name.isEmpty() && !names.add(name)) {
      node.error("name", "is another subset's name already; subsets have names of their own");
    }
    Map<String, String> labels = node.textMap("labels");
    Optional<Node> policy = node.object("trafficPolicy");
    TrafficPolicy traffic = null;
    Map<Integer, TrafficPolicy> atPorts = new TreeMap<>();
    if (policy.isPresent()) {
      Node own = policy.get();
      traffic = reader.groups(own, whole);
      ports.forEach((port, inherited) -> atPorts.put(port, reader.groups(own, inherited)));
      reader
          .ports(own)
          .forEach(
              (port, settings) ->
                  atPorts.put(port, atPort(settings, ports.getOrDefault(port, whole))));
      end(own);
    }
    node.end();
    if (!name.isEmpty()) {
      subsets.add(new Subset(name, labels, traffic, atPorts));
    }
  }

  private TrafficPolicy atPort(Node settings, TrafficPolicy inherited) {
    settings.refuse("retryBudget", "the budget is the whole service's; write it there");
    TrafficPolicy traffic = reader.groups(settings, inherited);
    settings.skip("port").end();
    return traffic;
  }

  private static void end(Node policy) {
    policy.refuse("tunnel", "calls go to the endpoint itself");
    policy.refuse("proxyProtocol", "calls go to the endpoint itself");
    policy.end();
  }
}
