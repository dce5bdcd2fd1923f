package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.catalog.Catalog;
import dev.meshagent.controller.registry.Registration;
import dev.meshagent.controller.registry.RegistryListener;
import dev.meshagent.controller.registry.Workload;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.store.ResourceKey;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.ServiceId;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Shows live workloads as Istio's WorkloadEntry: what the spec has room for in the spec, their
 * health as conditions. Runs on the loop, but for {@link #services}.
 */
public final class LiveWorkloads implements RegistryListener {
  private final Catalog catalog;

  /** How many workloads each service has. */
  private final Map<ServiceId, Integer> services = new ConcurrentHashMap<>();

  public LiveWorkloads(Catalog catalog) {
    this.catalog = catalog;
  }

  @Override
  public void changed(Optional<Workload> before, Optional<Workload> after) {
    before.ifPresent(w -> services.computeIfPresent(w.service(), (s, n) -> n == 1 ? null : n - 1));
    after.ifPresent(w -> services.merge(w.service(), 1, Integer::sum));
    ResourceKey key = key(after.or(() -> before).orElseThrow());
    catalog.live(key, after.map(LiveWorkloads::json).orElse(null));
  }

  /** The services that have a workload now; any thread may ask. */
  public Collection<ServiceId> services() {
    return services.keySet();
  }

  /** Names are unique in the namespace, and sort by service. */
  static ResourceKey key(Workload workload) {
    return new ResourceKey(
        Kind.WORKLOAD_ENTRY,
        workload.service().namespace,
        workload.service().name + "-" + workload.uid());
  }

  private static ObjectNode json(Workload workload) {
    Registration registration = workload.registration();
    ObjectNode object =
        ObjectMeta.object(key(workload), workload.uid(), registration.labels(), workload.created());
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
