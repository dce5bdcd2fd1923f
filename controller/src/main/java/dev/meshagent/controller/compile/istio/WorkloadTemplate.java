package dev.meshagent.controller.compile.istio;

import dev.meshagent.controller.compile.document.Annotations;
import dev.meshagent.controller.compile.document.Node;
import dev.meshagent.controller.compile.document.Problems;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Locality;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a WorkloadGroup says of each process that names it: what the process does not say of itself,
 * and how it is found out whether it is ready. What a process says of itself goes before its
 * group's template, as in Istio. Immutable.
 */
public final class WorkloadTemplate {
  private final Map<String, String> labels = new LinkedHashMap<>();
  private final Map<String, String> annotations;
  private final EndpointReader.Traits traits;
  private final Optional<ReadinessProbe> probe;

  private WorkloadTemplate(Resource group, Problems problems) {
    Annotations.onlyThese(Node.annotations(group, problems));
    Node spec = Node.spec(group, problems);
    Optional<Node> metadata = spec.object("metadata");
    Optional<Node> template = spec.object("template");
    traits = template.map(EndpointReader::traits).orElse(EndpointReader.Traits.NONE);
    template.ifPresent(
        node -> {
          node.refuse("address", "each workload has its own");
          node.end();
        });
    // Istio: what the metadata says goes before the template's labels.
    labels.putAll(traits.labels());
    metadata.ifPresent(node -> labels.putAll(node.textMap("labels")));
    annotations = metadata.map(node -> node.textMap("annotations")).orElse(Map.of());
    metadata.ifPresent(Node::end);
    probe = spec.object("probe").flatMap(ReadinessProbe::read);
    spec.end();
  }

  public static WorkloadTemplate read(Resource group, Problems problems) {
    return new WorkloadTemplate(group, problems);
  }

  /** How to find out whether a workload is ready; empty if it is as soon as it registers. */
  public Optional<ReadinessProbe> probe() {
    return probe;
  }

  /** What is shown of each of its workloads, besides. */
  public Map<String, String> annotations() {
    return annotations;
  }

  /** A workload, completed by the template. */
  public Endpoint applied(Endpoint endpoint) {
    Map<String, Integer> ports = new LinkedHashMap<>(endpoint.ports);
    traits
        .ports()
        .forEach(
            (name, number) -> {
              // A further name of a port that is there; what nobody serves cannot be offered.
              if (endpoint.ports.containsValue(number)) {
                ports.putIfAbsent(name, number);
              }
            });
    Map<String, String> all = new LinkedHashMap<>(labels);
    all.putAll(endpoint.labels);
    boolean weightless = endpoint.weight == Endpoint.DEFAULT_WEIGHT;
    return new Endpoint(
        endpoint.uid,
        endpoint.addresses,
        ports,
        endpoint.tls,
        endpoint.health,
        weightless ? traits.weight() : endpoint.weight,
        endpoint.locality.equals(Locality.UNKNOWN) ? traits.locality() : endpoint.locality,
        all);
  }
}
