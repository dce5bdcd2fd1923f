package dev.meshagent.controller.compile;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meshagent.controller.compile.document.Node;
import dev.meshagent.controller.compile.document.Problems;
import dev.meshagent.controller.compile.istio.EndpointReader;
import dev.meshagent.controller.compile.istio.ServiceEntryReader;
import dev.meshagent.controller.compile.istio.WorkloadTemplate;
import dev.meshagent.controller.names.HostAddresses;
import dev.meshagent.controller.registry.Workload;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.store.PolicySet;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.controller.store.ResourceKey;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Hosts;
import dev.meshagent.engine.snapshot.ServiceId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which workload serves which services, and the endpoints that somebody wrote by hand. Immutable.
 *
 * <p>A workload belongs to the service that it registered as, unless a Service of that name selects
 * others, and to every Service and ServiceEntry of its namespace that selects it. A WorkloadEntry
 * that nobody registered belongs to the service that its label {@code app} names, likewise.
 */
public final class Membership {
  private static final List<Kind> KINDS =
      List.of(Kind.SERVICE, Kind.SERVICE_ENTRY, Kind.WORKLOAD_ENTRY, Kind.WORKLOAD_GROUP);

  private final PolicySet set;
  private final HostAddresses names;
  private final Map<ServiceId, List<Endpoint>> declared = new TreeMap<>();
  private final Map<ResourceKey, WorkloadTemplate> groups = new HashMap<>();

  private Membership(PolicySet set, HostAddresses names) {
    this.set = set;
    this.names = names;
    for (Resource group : set.all(Kind.WORKLOAD_GROUP)) {
      groups.put(group.key(), WorkloadTemplate.read(group, new Problems(group.key())));
    }
    for (Resource entry : set.all(Kind.SERVICE_ENTRY)) {
      ServiceEntryReader read = read(entry);
      for (JsonNode host : entry.spec().path("hosts")) {
        read.endpoints(host.asText()).forEach(endpoint -> add(id(entry, host), endpoint));
      }
    }
    for (Resource service : set.all(Kind.SERVICE)) {
      ServiceId id = new ServiceId(service.key().namespace(), service.key().name());
      ExternalNames.endpoints(service, names).forEach(endpoint -> add(id, endpoint));
    }
    for (Resource entry : set.all(Kind.WORKLOAD_ENTRY)) {
      served(entry, names).forEach(served -> served.forEach(this::add));
    }
  }

  /** The services of a WorkloadEntry, once for each address that it stands for. */
  private List<Map<ServiceId, Endpoint>> served(Resource entry, HostAddresses addresses) {
    Problems unheard = new Problems(entry.key());
    String namespace = entry.key().namespace();
    return EndpointReader.read(
            Node.spec(entry, unheard), entry.key().toString(), Optional.of(addresses))
        .stream()
        .map(
            endpoint -> {
              String app = endpoint.labels.getOrDefault("app", "");
              Optional<ServiceId> own =
                  app.isEmpty() ? Optional.empty() : Optional.of(new ServiceId(namespace, app));
              return of(own, namespace, endpoint);
            })
        .toList();
  }

  /** The services of which not all names have had a first answer, so that they may lack some. */
  public Set<ServiceId> awaited() {
    Set<ServiceId> ids = new TreeSet<>();
    for (Kind kind : KINDS) {
      for (Resource resource : set.all(kind)) {
        Set<String> open = new TreeSet<>(names(resource));
        open.removeIf(names::answered);
        if (!open.isEmpty()) {
          ids.addAll(named(resource, open));
        }
      }
    }
    return ids;
  }

  /** The services that get endpoints of the names in a resource. */
  private Collection<ServiceId> named(Resource resource, Set<String> hosts) {
    if (resource.key().kind() == Kind.SERVICE_ENTRY) {
      return hosts(resource);
    }
    if (resource.key().kind() == Kind.SERVICE) {
      return List.of(new ServiceId(resource.key().namespace(), resource.key().name()));
    }
    // Its labels decide, whatever its address will be.
    Map<String, HostAddresses.Answer> any = new HashMap<>();
    hosts.forEach(host -> any.put(host, new HostAddresses.Answer(List.of("::"), Optional.empty())));
    Set<ServiceId> ids = new TreeSet<>();
    served(resource, new HostAddresses(any)).forEach(served -> ids.addAll(served.keySet()));
    return ids;
  }

  /**
   * @param names what the names stand for that policy gives as addresses
   */
  public static Membership of(PolicySet set, HostAddresses names) {
    return new Membership(set, names);
  }

  /** The names that have to be looked up to know where the endpoints of a resource are. */
  public static Set<String> names(Resource resource) {
    return switch (resource.key().kind()) {
      case SERVICE_ENTRY -> ServiceEntryReader.names(resource);
      case SERVICE -> ExternalNames.names(resource);
      case WORKLOAD_ENTRY ->
          EndpointReader.nameIn(resource.spec().path("address").asText())
              .map(Set::of)
              .orElse(Set.of());
      default -> Set.of();
    };
  }

  /** The names that have to be looked up. */
  public Set<String> names() {
    Set<String> all = new TreeSet<>();
    for (Kind kind : KINDS) {
      set.all(kind).forEach(resource -> all.addAll(names(resource)));
    }
    return all;
  }

  /** What the names stand for. */
  public HostAddresses addresses() {
    return names;
  }

  /** True if nothing that decides it differs between the sets. */
  public static boolean same(PolicySet a, PolicySet b) {
    for (Kind kind : KINDS) {
      if (!versions(a, kind).equals(versions(b, kind))) {
        return false;
      }
    }
    return true;
  }

  private static List<Inputs.Version> versions(PolicySet set, Kind kind) {
    return set.all(kind).stream().map(Inputs.Version::of).toList();
  }

  private void add(ServiceId id, Endpoint endpoint) {
    if (Hosts.namesService(id)) {
      declared.computeIfAbsent(id, i -> new ArrayList<>()).add(endpoint);
    }
  }

  /** The endpoints that somebody wrote, by service. */
  public Map<ServiceId, List<Endpoint>> declared() {
    return declared;
  }

  /**
   * The services that a live workload serves, with the endpoint that it is in each, as its group's
   * template completes it; none while it is not ready.
   */
  public Map<ServiceId, Endpoint> of(Workload workload) {
    return ready(workload) ? of(workload.service(), completed(workload)) : Map.of();
  }

  /** The group that a process names, if it is there. */
  public Optional<WorkloadTemplate> group(String namespace, String name) {
    return name.isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(groups.get(new ResourceKey(Kind.WORKLOAD_GROUP, namespace, name)));
  }

  private Optional<WorkloadTemplate> group(Workload workload) {
    return group(workload.service().namespace, workload.registration().group());
  }

  /** Whether its probe passed, if its group has one. */
  public boolean ready(Workload workload) {
    return workload.registration().ready() || group(workload).flatMap(g -> g.probe()).isEmpty();
  }

  /** A live workload, as its group's template completes it. */
  public Endpoint completed(Workload workload) {
    Endpoint endpoint = workload.endpoint();
    return group(workload).map(template -> template.applied(endpoint)).orElse(endpoint);
  }

  /** The services that an endpoint is in which registered as one. */
  public Map<ServiceId, Endpoint> of(ServiceId own, Endpoint live) {
    return of(Optional.of(own), own.namespace, live);
  }

  private Map<ServiceId, Endpoint> of(
      Optional<ServiceId> own, String namespace, Endpoint endpoint) {
    Map<ServiceId, Endpoint> services = new TreeMap<>();
    own.filter(id -> !selector(id).isPresent()).ifPresent(id -> services.put(id, endpoint));
    for (Resource service : set.in(Kind.SERVICE, namespace)) {
      if (Selectors.selects(service.spec().path("selector"), endpoint.labels)) {
        services.put(new ServiceId(namespace, service.key().name()), endpoint);
      }
    }
    for (Resource entry : set.in(Kind.SERVICE_ENTRY, namespace)) {
      JsonNode selector = entry.spec().path("workloadSelector").path("labels");
      if (Selectors.selects(selector, endpoint.labels)) {
        ServiceEntryReader ports = read(entry);
        hosts(entry).forEach(id -> services.put(id, ports.at(endpoint)));
      }
    }
    // An agent cannot take the names of the mesh if there is one among them that is none.
    services.keySet().removeIf(id -> !Hosts.namesService(id));
    return services;
  }

  /** What a Service of that name selects, if there is one and it selects anything. */
  private Optional<JsonNode> selector(ServiceId id) {
    return set.get(Kind.SERVICE, id.namespace, id.name)
        .map(service -> service.spec().path("selector"))
        .filter(selector -> !selector.isEmpty());
  }

  private ServiceEntryReader read(Resource entry) {
    return ServiceEntryReader.read(entry, names, new Problems(entry.key()));
  }

  private static ServiceId id(Resource entry, JsonNode host) {
    return new ServiceId(entry.key().namespace(), Hosts.canonical(host.asText()));
  }

  private static List<ServiceId> hosts(Resource entry) {
    List<ServiceId> ids = new ArrayList<>();
    entry.spec().path("hosts").forEach(host -> ids.add(id(entry, host)));
    return ids;
  }
}
