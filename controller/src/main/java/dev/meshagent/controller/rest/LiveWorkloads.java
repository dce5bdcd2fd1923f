package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.catalog.Catalog;
import dev.meshagent.controller.compile.Membership;
import dev.meshagent.controller.push.DirectoryListener;
import dev.meshagent.controller.registry.RegistryListener;
import dev.meshagent.controller.registry.Workload;
import dev.meshagent.controller.registry.WorkloadRegistry;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.store.ResourceKey;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.ServiceId;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Shows live workloads as Istio's WorkloadEntry: what the spec has room for in the spec, their
 * health as conditions. Runs on the loop, but for {@link #services}.
 */
public final class LiveWorkloads implements RegistryListener, DirectoryListener {
  /** Where Istio notes the group that a workload came by. */
  private static final String GROUP = "istio.io/autoRegistrationGroup";

  private final Catalog catalog;
  private final WorkloadRegistry registry;
  private final Supplier<Membership> membership;

  /** How many workloads each service has. */
  private final Map<ServiceId, Integer> services = new ConcurrentHashMap<>();

  /**
   * @param membership as it is now; by it groups complete their workloads
   */
  public LiveWorkloads(
      Catalog catalog, WorkloadRegistry registry, Supplier<Membership> membership) {
    this.catalog = catalog;
    this.registry = registry;
    this.membership = membership;
  }

  @Override
  public void changed(Optional<Workload> before, Optional<Workload> after) {
    before.ifPresent(w -> services.computeIfPresent(w.service(), (s, n) -> n == 1 ? null : n - 1));
    after.ifPresent(w -> services.merge(w.service(), 1, Integer::sum));
    ResourceKey key = key(after.or(() -> before).orElseThrow());
    catalog.live(key, after.map(this::json).orElse(null));
  }

  @Override
  public void regrouped() {
    for (Workload workload : registry.all()) {
      if (!workload.registration().group().isEmpty()) {
        catalog.live(key(workload), json(workload));
      }
    }
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

  private ObjectNode json(Workload workload) {
    Endpoint endpoint = membership.get().completed(workload);
    ObjectNode object =
        ObjectMeta.object(key(workload), workload.uid(), endpoint.labels, workload.created());
    annotate(workload, object);
    ObjectNode spec = object.putObject("spec");
    spec.put("address", endpoint.address);
    ObjectNode ports = spec.putObject("ports");
    endpoint.ports.forEach(ports::put);
    if (!endpoint.labels.isEmpty()) {
      ObjectNode labels = spec.putObject("labels");
      endpoint.labels.forEach(labels::put);
    }
    if (!endpoint.locality.toString().isEmpty()) {
      spec.put("locality", endpoint.locality.toString());
    }
    spec.put("weight", endpoint.weight);
    ArrayNode conditions = object.putObject("status").putArray("conditions");
    boolean ready = membership.get().ready(workload);
    condition(conditions, workload, "Ready", Health.READY, ready);
    condition(conditions, workload, "Suspect", Health.SUSPECT, true);
    condition(conditions, workload, "Draining", Health.DRAINING, true);
    return object;
  }

  private void annotate(Workload workload, ObjectNode object) {
    String group = workload.registration().group();
    if (!group.isEmpty()) {
      ObjectNode annotations = object.withObject("/metadata").putObject("annotations");
      membership
          .get()
          .group(workload.service().namespace, group)
          .ifPresent(template -> template.annotations().forEach(annotations::put));
      annotations.put(GROUP, group);
    }
  }

  /**
   * @param may whether the condition may hold at all; its group's probe decides
   */
  private static void condition(
      ArrayNode conditions, Workload workload, String type, Health health, boolean may) {
    boolean fits = workload.health() == health;
    ObjectNode condition = conditions.addObject();
    condition.put("type", type);
    condition.put("status", fits && may ? "True" : "False");
    condition.put("reason", fits && !may ? "NotReady" : workload.cause().reason);
    condition.put(
        "message",
        fits && !may
            ? "Its group's probe has not passed; callers are not told of it."
            : workload.cause().message);
    condition.put("lastTransitionTime", ObjectMeta.time(workload.since()));
  }
}
