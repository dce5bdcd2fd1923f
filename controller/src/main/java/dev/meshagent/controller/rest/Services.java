package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.push.Directory;
import dev.meshagent.controller.push.ServiceView;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Health;
import java.util.List;
import java.util.Map;

/**
 * The services that live workloads make, as v1 Services: port 80 stands for each workload's primary
 * port, as is the rule of a service that nobody wrote. Read-only.
 */
public final class Services implements ResourceSource {
  static final ResourceKind KIND =
      new ResourceKind(
          "", "v1", "services", "service", "Service", true, List.of("svc"), List.of("get", "list"));

  private static final int DEFAULT_PORT = 80;

  private final Directory directory;

  public Services(Directory directory) {
    this.directory = directory;
  }

  @Override
  public ResourceKind kind() {
    return KIND;
  }

  @Override
  public List<ObjectNode> list() {
    return directory.services().stream().map(this::json).toList();
  }

  private ObjectNode json(ServiceView view) {
    ObjectNode object =
        ObjectMeta.object(
            KIND,
            view.id().namespace,
            view.id().name,
            ObjectMeta.uidOf(directory.epoch(), "Service", view.id().toString()),
            Map.of("app", view.id().name),
            view.resourceVersion(),
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
    return object;
  }
}
