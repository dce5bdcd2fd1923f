package dev.meshagent.controller.compile.gateway;

import dev.meshagent.controller.compile.document.Node;
import dev.meshagent.controller.compile.document.References;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.policy.Destination;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import java.util.ArrayList;
import java.util.List;

/** Reads where a rule leads. */
final class Backends {
  private static final int HIGHEST_PORT = 65535;

  /** Gateway API's. */
  private static final int HIGHEST_WEIGHT = 1_000_000;

  /**
   * Stands for a backend in another namespace that no ReferenceGrant allows: no service defines a
   * subset of this name, so the calls of its share fail and reach nobody.
   */
  private static final String NOT_GRANTED = "(no ReferenceGrant)";

  private final References references;
  private final String namespace;
  private final ServiceId called;

  /**
   * @param namespace of the route
   */
  Backends(References references, String namespace, ServiceId called) {
    this.references = references;
    this.namespace = namespace;
    this.called = called;
  }

  /** The weighted backends of a rule; those to which no call can get are there as well. */
  List<Backend> weighted(Node rule) {
    List<Backend> backends = new ArrayList<>();
    for (Node node : rule.objects("backendRefs")) {
      int weight = node.integer("weight", 0, HIGHEST_WEIGHT, 1);
      Filters filters = Filters.ofBackend(node);
      backends.add(one(node, weight, filters.request(), filters.response()));
    }
    return backends;
  }

  /** One backend without weight, such as that of a mirror. */
  Backend single(Node reference) {
    return one(reference, 0, HeaderOps.NONE, HeaderOps.NONE);
  }

  private Backend one(Node node, int weight, HeaderOps request, HeaderOps response) {
    String group = node.text("group", "");
    String kind = node.text("kind", "Service");
    String name = node.required("name");
    ServiceId service = called;
    boolean known = group.isEmpty() && kind.equals("Service");
    if (known && !name.isEmpty()) {
      service = new ServiceId(node.text("namespace", namespace), name);
    } else if (group.equals("networking.istio.io") && kind.equals("Hostname")) {
      // Istio's way to name the host of a ServiceEntry.
      service = name.isEmpty() ? called : references.service(name);
      node.refuse("namespace", "a host name has none");
    } else if (!known) {
      node.error(
          "kind",
          "is not obeyed by this mesh; write kind Service of the core group, or Hostname of"
              + " networking.istio.io");
    }
    if (known && !node.has("port")) {
      node.error("port", "is missing; write the number of the service's port");
    }
    int port = node.integer("port", 1, HIGHEST_PORT, 0);
    node.end();
    boolean granted = !known || references.granted(service);
    boolean reachable = granted && references.exists(service);
    if (!granted) {
      node.warn(
          "namespace",
          "no ReferenceGrant in namespace "
              + service.namespace
              + " lets this route lead there (yet): calls of this share fail until there is one");
    } else if (!reachable) {
      node.warn(
          "name",
          "no service "
              + service
              + " is known (yet): calls of this share fail until a workload registers as it, or a"
              + " Service declares it");
    }
    Destination destination =
        new Destination(
            service.equals(called) ? null : service,
            granted ? "" : NOT_GRANTED,
            port,
            weight,
            request,
            response);
    return new Backend(destination, reachable);
  }

  /**
   * A backend as a destination.
   *
   * @param reachable false if no call can get there as things stand
   */
  record Backend(Destination destination, boolean reachable) {}
}
