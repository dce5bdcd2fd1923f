package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.registry.Registration;
import dev.meshagent.controller.registry.Workload;
import dev.meshagent.controller.registry.WorkloadRegistry;
import dev.meshagent.engine.snapshot.Health;
import java.util.Comparator;
import java.util.List;

/**
 * Live workloads as Istio's WorkloadEntry: what the spec has room for in the spec, their health as
 * conditions. Read-only.
 */
public final class WorkloadEntries implements ResourceSource {
  static final ResourceKind KIND =
      new ResourceKind(
          "networking.istio.io",
          "v1",
          "workloadentries",
          "workloadentry",
          "WorkloadEntry",
          true,
          List.of("we"),
          List.of("get", "list"));

  private final WorkloadRegistry registry;

  public WorkloadEntries(WorkloadRegistry registry) {
    this.registry = registry;
  }

  @Override
  public ResourceKind kind() {
    return KIND;
  }

  @Override
  public List<ObjectNode> list() {
    return registry.all().stream()
        .sorted(Comparator.comparing(Workload::service).thenComparing(Workload::uid))
        .map(WorkloadEntries::json)
        .toList();
  }

  /** Names are unique in the namespace, and sort by service. */
  static String name(Workload workload) {
    return workload.service().name + "-" + workload.uid();
  }

  private static ObjectNode json(Workload workload) {
    Registration registration = workload.registration();
    ObjectNode object =
        ObjectMeta.object(
            KIND,
            workload.service().namespace,
            name(workload),
            workload.uid(),
            registration.labels(),
            workload.resourceVersion(),
            workload.created());
    ObjectNode spec = object.putObject("spec");
    spec.put("address", registration.addresses().get(0));
    ObjectNode ports = spec.putObject("ports");
    registration.ports().forEach(port -> ports.put(port.name(), port.number()));
    if (!registration.labels().isEmpty()) {
      ObjectNode labels = spec.putObject("labels");
      registration.labels().forEach(labels::put);
    }
    if (!registration.locality().toString().isEmpty()) {
      spec.put("locality", registration.locality().toString());
    }
    spec.put("weight", registration.weight());
    ArrayNode conditions = object.putObject("status").putArray("conditions");
    condition(conditions, workload, "Ready", Health.READY);
    condition(conditions, workload, "Suspect", Health.SUSPECT);
    condition(conditions, workload, "Draining", Health.DRAINING);
    return object;
  }

  private static void condition(
      ArrayNode conditions, Workload workload, String type, Health health) {
    ObjectNode condition = conditions.addObject();
    condition.put("type", type);
    condition.put("status", workload.health() == health ? "True" : "False");
    condition.put("reason", workload.cause().reason);
    condition.put("message", workload.cause().message);
    condition.put("lastTransitionTime", ObjectMeta.time(workload.since()));
  }
}
