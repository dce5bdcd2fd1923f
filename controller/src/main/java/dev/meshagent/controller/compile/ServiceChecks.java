package dev.meshagent.controller.compile;

import dev.meshagent.controller.compile.document.Annotations;
import dev.meshagent.controller.compile.document.Node;
import dev.meshagent.controller.compile.document.Problems;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.engine.snapshot.Hosts;
import dev.meshagent.engine.snapshot.ServiceId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Checks a core Service: its ports and its selector are obeyed. What Kubernetes writes into every
 * Service by itself is taken where it says the default. Stateless.
 */
final class ServiceChecks {
  private static final int HIGHEST_PORT = 65535;

  private ServiceChecks() {}

  static void check(Resource resource, MeshNames names, Problems problems) {
    Annotations.onlyThese(Node.annotations(resource, problems));
    ServiceId id = new ServiceId(resource.key().namespace(), resource.key().name());
    if (!Hosts.namesService(id)) {
      problems.error(
          "metadata.name",
          resource.metadata().path("name"),
          "cannot name a service; write letters, digits and hyphens, not a number alone");
    }
    Node spec = Node.spec(resource, problems);
    String type = spec.text("type", "ClusterIP");
    boolean external = ExternalNames.is(resource);
    if (external) {
      String host = resource.spec().path("externalName").asText();
      ExternalNames.check(spec, names.exists(names.resolve(host, resource.key().namespace())));
    } else if (!type.equals("ClusterIP")) {
      spec.error("type", "is " + type + ", which is not obeyed; write ClusterIP or ExternalName");
    }
    if (!external) {
      spec.refuse("externalName", "it goes with type ExternalName alone");
    }
    spec.textMap("selector");
    Set<Object> seen = new HashSet<>();
    List<Node> ports = spec.objects("ports");
    for (Node port : ports) {
      String name = port.text("name", "");
      if (name.isEmpty() && ports.size() > 1) {
        port.error("name", "is missing; the ports of a service of several have names");
      }
      int number = port.integer("port", 1, HIGHEST_PORT, 0);
      if (number == 0) {
        port.error("port", "is missing; write the port that callers use");
      }
      if (!seen.add(name) || !seen.add(number)) {
        port.error("has a name or a number that another port has already");
      }
      port.skip("targetPort");
      if (external) {
        // There is no workload whose ports have names.
        port.integer("targetPort", 1, HIGHEST_PORT);
      }
      String protocol = port.text("protocol", "TCP");
      if (!protocol.equals("TCP")) {
        port.error("protocol", "is " + protocol + ", but HTTP and gRPC go over TCP; write TCP");
      }
      port.text("appProtocol");
      port.refuse("nodePort", "no node forwards anything");
      port.end();
    }
    spec.skip(
        "clusterIP",
        "clusterIPs",
        "sessionAffinity",
        "ipFamilies",
        "ipFamilyPolicy",
        "internalTrafficPolicy",
        "publishNotReadyAddresses");
    if (spec.text("sessionAffinity", "None").equals("ClientIP")) {
      spec.error("sessionAffinity", "is not obeyed; use consistentHash of a DestinationRule");
    }
    spec.end();
  }
}
