package dev.meshagent.controller.compile;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meshagent.controller.compile.document.Node;
import dev.meshagent.controller.compile.istio.EndpointReader;
import dev.meshagent.controller.names.HostAddresses;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Locality;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Services of type ExternalName: another name for a host outside of the mesh, which is looked up.
 * As with the alias that name servers give, the request goes as it was written. Stateless.
 */
final class ExternalNames {
  private static final String TYPE = "ExternalName";

  private ExternalNames() {}

  static boolean is(Resource service) {
    return service.spec().path("type").asText().equals(TYPE);
  }

  /** What may stand in the spec of such a Service, beside its ports. */
  static void check(Node spec, boolean named) {
    String host = spec.text("externalName", "");
    if (EndpointReader.nameIn(host).isEmpty()) {
      spec.error("externalName", "is no name that can be looked up; write one, not an address");
    } else if (named) {
      spec.error(
          "externalName",
          "is a service of the mesh; write a VirtualService with a route to it instead");
    }
    if (spec.has("selector")) {
      spec.error("selector", "chooses nothing where type is ExternalName; take it out");
    }
    if (spec.objects("ports").isEmpty()) {
      spec.error("ports", "is missing; write the ports of the host that callers may use");
    }
  }

  static Set<String> names(Resource service) {
    return is(service)
        ? EndpointReader.nameIn(service.spec().path("externalName").asText())
            .map(Set::of)
            .orElse(Set.of())
        : Set.of();
  }

  static List<Endpoint> endpoints(Resource service, HostAddresses names) {
    if (!is(service)) {
      return List.of();
    }
    Map<String, Integer> ports = new LinkedHashMap<>();
    for (JsonNode port : service.spec().path("ports")) {
      int number = port.path("port").asInt();
      ports.put(port.path("name").asText("p" + number), port.path("targetPort").asInt(number));
    }
    return EndpointReader.named(
        service.spec().path("externalName").asText(),
        service.key().toString(),
        new EndpointReader.Traits(ports, Map.of(), Endpoint.DEFAULT_WEIGHT, Locality.UNKNOWN),
        names);
  }
}
