package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.catalog.Catalog;
import dev.meshagent.controller.push.Directory;
import dev.meshagent.controller.push.DirectoryListener;
import dev.meshagent.controller.push.ServiceView;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.store.ResourceKey;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.ServiceId;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Shows the services that live workloads make as v1 Services: port 80 stands for each workload's
 * primary port, as is the rule of a service that nobody wrote. Shows their namespaces, too, and
 * {@code default}, which always is. Runs on the loop.
 */
public final class LiveServices implements DirectoryListener {
  private static final int DEFAULT_PORT = 80;
  private static final String DEFAULT_NAMESPACE = "default";

  private final Catalog catalog;
  private final Directory directory;
  private final Instant started;

  /** Those that are shown. */
  private final Set<String> namespaces = new HashSet<>();

  public LiveServices(Catalog catalog, Directory directory, Instant started) {
    this.catalog = catalog;
    this.directory = directory;
    this.started = started;
    namespace(DEFAULT_NAMESPACE, started);
  }

  /** Hosts of ServiceEntries have dots; those are no Services. */
  private static boolean isService(ServiceId id) {
    return id.name.indexOf('.') < 0 && id.name.indexOf('*') < 0;
  }

  @Override
  public void appeared(ServiceId service) {
    if (!isService(service)) {
      return;
    }
    directory
        .find(service)
        .ifPresent(
            view -> {
              namespace(service.namespace, view.created());
              show(view);
            });
  }

  @Override
  public void vanished(ServiceId service) {
    if (!isService(service)) {
      return;
    }
    catalog.live(key(service), null);
    boolean last =
        directory.services().stream()
            .noneMatch(view -> view.id().namespace.equals(service.namespace));
    if (last && !service.namespace.equals(DEFAULT_NAMESPACE)) {
      namespaces.remove(service.namespace);
      catalog.live(new ResourceKey(Kind.NAMESPACE, "", service.namespace), null);
    }
  }

  @Override
  public void flush(Collection<ServiceView> changed) {
    for (ServiceView view : changed) {
      if (isService(view.id())
          && directory.find(view.id()).filter(found -> found == view).isPresent()) {
        show(view);
      }
    }
  }

  private static ResourceKey key(ServiceId service) {
    return new ResourceKey(Kind.SERVICE, service.namespace, service.name);
  }

  private void namespace(String name, Instant created) {
    if (!namespaces.add(name)) {
      return;
    }
    ResourceKey key = new ResourceKey(Kind.NAMESPACE, "", name);
    ObjectNode object =
        ObjectMeta.object(
            key,
            ObjectMeta.uidOf(directory.epoch(), key),
            Map.of("kubernetes.io/metadata.name", name),
            created);
    object.putObject("spec").putArray("finalizers").add("kubernetes");
    object.putObject("status").put("phase", "Active");
    catalog.live(key, object);
  }

  private void show(ServiceView view) {
    ResourceKey key = key(view.id());
    if (view.endpoints().isEmpty() && directory.policies().declared().contains(view.id())) {
      // Policy alone makes it.
      catalog.live(key, null);
      return;
    }
    ObjectNode object =
        ObjectMeta.object(
            key,
            ObjectMeta.uidOf(directory.epoch(), key),
            Map.of("app", view.id().name),
            view.created());
    ObjectNode spec = object.putObject("spec");
    spec.put("type", "ClusterIP");
    spec.put("clusterIP", "None");
    spec.putObject("selector").put("app", view.id().name);
    ObjectNode port = spec.putArray("ports").addObject();
    port.put("name", "http");
    port.put("port", DEFAULT_PORT);
    port.put("targetPort", "http");
    port.put("protocol", "TCP");
    ObjectNode status = object.putObject("status");
    ArrayNode conditions = status.putArray("conditions");
    int ready = 0;
    for (Endpoint endpoint : view.endpoints()) {
      ready += endpoint.health == Health.READY ? 1 : 0;
    }
    ObjectNode condition = conditions.addObject();
    condition.put("type", "Available");
    condition.put("status", ready > 0 ? "True" : "False");
    condition.put("reason", ready > 0 ? "WorkloadsReady" : "NoWorkloadReady");
    condition.put("message", ready + " of " + view.endpoints().size() + " workloads are ready.");
    condition.put("lastTransitionTime", ObjectMeta.time(view.availabilitySince()));
    catalog.live(key, object);
  }
}
