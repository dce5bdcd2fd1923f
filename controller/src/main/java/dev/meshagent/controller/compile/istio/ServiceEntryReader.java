package dev.meshagent.controller.compile.istio;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meshagent.controller.compile.document.Annotations;
import dev.meshagent.controller.compile.document.Exports;
import dev.meshagent.controller.compile.document.Node;
import dev.meshagent.controller.compile.document.Problems;
import dev.meshagent.controller.names.HostAddresses;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.engine.snapshot.Endpoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads a ServiceEntry: a service that is declared, with endpoints written or selected. */
public final class ServiceEntryReader {
  private static final String DNS = "DNS";
  private static final int HIGHEST_PORT = 65535;
  private static final Set<String> PROTOCOLS = Set.of("HTTP", "HTTPS", "HTTP2", "GRPC", "TLS");

  private final List<Port> ports = new ArrayList<>();
  private final List<Endpoint> endpoints = new ArrayList<>();

  /** Those of hosts that are looked up themselves. */
  private final Map<String, List<Endpoint>> byHost = new HashMap<>();

  private ServiceEntryReader() {}

  /**
   * What the resource declares.
   *
   * @param names what the names stand for that are to be looked up
   */
  public static ServiceEntryReader read(Resource resource, HostAddresses names, Problems problems) {
    ServiceEntryReader reader = new ServiceEntryReader();
    Annotations.onlyThese(Node.annotations(resource, problems));
    Node spec = Node.spec(resource, problems);
    Exports.check(spec);
    spec.refuse("addresses", "services are called by name; take the addresses out");
    spec.refuse("subjectAltNames", "no certificate is checked by this version");
    String location = spec.text("location", "MESH_EXTERNAL");
    if (!location.equals("MESH_EXTERNAL") && !location.equals("MESH_INTERNAL")) {
      spec.error("location", "write MESH_EXTERNAL or MESH_INTERNAL");
    }
    String resolution = spec.text("resolution", "NONE");
    boolean dns = resolution.equals(DNS);
    if (!dns && !resolution.equals("STATIC")) {
      spec.error(
          "resolution",
          "is "
              + resolution
              + ", which is not obeyed; write STATIC, and the endpoints with their addresses, or DNS");
    }
    reader.ports(spec);
    reader.endpoints(spec, resource, dns ? Optional.of(names) : Optional.empty());
    if (hostsAreLookedUp(resource)) {
      reader.hosts(resource, names, problems);
    }
    spec.skip("hosts").end();
    return reader;
  }

  private void ports(Node spec) {
    Set<Object> seen = new HashSet<>();
    for (Node node : spec.objects("ports")) {
      String name = node.required("name");
      int number = node.integer("number", 1, HIGHEST_PORT, 0);
      if (number == 0) {
        node.error("number", "is missing; write the port that callers use");
      }
      int target = node.integer("targetPort", 1, HIGHEST_PORT, number);
      String protocol = node.text("protocol", "HTTP");
      if (!PROTOCOLS.contains(protocol)) {
        node.error("protocol", "write HTTP, HTTPS, HTTP2 or GRPC: no other calls are carried");
      }
      if (!seen.add(name) || !seen.add(number)) {
        node.error("has a name or a number that another port has already");
      }
      node.end();
      ports.add(new Port(name, number, target));
    }
    if (ports.isEmpty()) {
      spec.error("ports", "is missing; write at least one");
    }
  }

  /** The names that are to be looked up for the endpoints of an entry. */
  public static Set<String> names(Resource resource) {
    Set<String> names = new LinkedHashSet<>();
    if (!resource.spec().path("resolution").asText().equals(DNS)) {
      return names;
    }
    for (JsonNode endpoint : resource.spec().path("endpoints")) {
      EndpointReader.nameIn(endpoint.path("address").asText()).ifPresent(names::add);
    }
    if (hostsAreLookedUp(resource)) {
      for (JsonNode host : resource.spec().path("hosts")) {
        EndpointReader.nameIn(host.asText()).ifPresent(names::add);
      }
    }
    return names;
  }

  /** Istio: without endpoints the hosts themselves are looked up. */
  private static boolean hostsAreLookedUp(Resource resource) {
    return resource.spec().path("resolution").asText().equals(DNS)
        && resource.spec().path("endpoints").isEmpty()
        && !resource.spec().has("workloadSelector");
  }

  private void hosts(Resource resource, HostAddresses names, Problems problems) {
    JsonNode hosts = resource.spec().path("hosts");
    for (int i = 0; i < hosts.size(); i++) {
      String host = hosts.get(i).asText();
      if (EndpointReader.nameIn(host).isEmpty()) {
        problems.error(
            "spec.hosts[" + i + "]",
            hosts.get(i),
            "cannot be looked up; write endpoints with the names that can");
      }
      EndpointReader.named(host, resource.key() + "#" + host, EndpointReader.Traits.NONE, names)
          .forEach(
              endpoint -> byHost.computeIfAbsent(host, h -> new ArrayList<>()).add(at(endpoint)));
    }
  }

  private void endpoints(Node spec, Resource resource, Optional<HostAddresses> names) {
    spec.atMostOne("endpoints", "workloadSelector");
    int index = 0;
    for (Node node : spec.objects("endpoints")) {
      EndpointReader.read(node, resource.key() + "#" + index++, names)
          .forEach(endpoint -> endpoints.add(at(endpoint)));
    }
    spec.object("workloadSelector")
        .ifPresent(
            selector -> {
              if (selector.textMap("labels").isEmpty()) {
                selector.error("labels", "is missing; write the labels of the workloads");
              }
              selector.end();
            });
  }

  /** The endpoints of one of its hosts, as they are written, with the ports of the service. */
  public List<Endpoint> endpoints(String host) {
    return byHost.getOrDefault(host, endpoints);
  }

  /** An endpoint with its ports by the names that the service has for them. */
  public Endpoint at(Endpoint endpoint) {
    Map<String, Integer> mapped = new LinkedHashMap<>();
    for (Port port : ports) {
      mapped.put(port.name, endpoint.ports.getOrDefault(port.name, port.target));
    }
    return new Endpoint(
        endpoint.uid,
        endpoint.addresses,
        mapped,
        endpoint.tls,
        endpoint.health,
        endpoint.weight,
        endpoint.locality,
        endpoint.labels);
  }

  /**
   * A port of the service.
   *
   * @param target the endpoints' port where they say nothing else
   */
  private record Port(String name, int number, int target) {}
}
