package dev.meshagent.controller.compile.gateway;

import dev.meshagent.controller.compile.document.Node;
import dev.meshagent.controller.compile.document.Problems;
import dev.meshagent.controller.store.Resource;
import java.util.List;

/** Checks to what a route is attached: a mesh has services, and no gateways. Stateless. */
public final class ParentChecks {
  private static final int HIGHEST_PORT = 65535;

  private ParentChecks() {}

  public static void check(Resource route, Problems problems) {
    Node spec = Node.spec(route, problems);
    List<Node> parents = spec.objects("parentRefs");
    if (parents.isEmpty()) {
      spec.error("parentRefs", "is missing; name at least one Service");
    }
    for (Node parent : parents) {
      String group = parent.text("group", "gateway.networking.k8s.io");
      String kind = parent.text("kind", "Gateway");
      boolean service = kind.equals("Service") && (group.isEmpty() || group.equals("core"));
      boolean entry = kind.equals("ServiceEntry") && group.equals("networking.istio.io");
      if (!service && !entry) {
        parent.error(
            "kind",
            "is "
                + kind
                + " of group '"
                + group
                + "', but this mesh has no gateways; write kind Service with group \"\"");
      }
      parent.required("name");
      parent.text("namespace");
      parent.integer("port", 1, HIGHEST_PORT);
      parent.refuse("sectionName", "write the number of the port");
      parent.end();
    }
  }
}
