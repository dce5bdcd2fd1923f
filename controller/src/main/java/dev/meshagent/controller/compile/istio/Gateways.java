package dev.meshagent.controller.compile.istio;

import dev.meshagent.controller.compile.document.Node;

/** Where a route applies: this mesh has callers, and no gateways. Stateless. */
final class Gateways {
  private static final String MESH = "mesh";

  private Gateways() {}

  static void check(Node node) {
    for (String gateway : node.texts("gateways")) {
      if (!gateway.equals(MESH)) {
        node.error(
            "gateways",
            "names the gateway '"
                + gateway
                + "', but this mesh has none; write [mesh], or leave the field out");
        return;
      }
    }
  }
}
