package dev.meshagent.controller.compile;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meshagent.controller.compile.document.Exports;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.store.PolicySet;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.engine.snapshot.Hosts;
import dev.meshagent.engine.snapshot.ServiceId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Which resources speak of which service, and which of them hold for a caller. Immutable. */
final class Attachments {
  /** The namespace whose DestinationRules hold for the whole mesh. */
  static final String ROOT_NAMESPACE = "istio-system";

  private final Hosted virtualServices;
  private final Hosted destinationRules;
  private final Map<ServiceId, List<Parent>> parents = new TreeMap<>();

  Attachments(PolicySet set, MeshNames names) {
    virtualServices = new Hosted(names);
    for (Resource resource : set.all(Kind.VIRTUAL_SERVICE)) {
      for (JsonNode host : resource.spec().path("hosts")) {
        virtualServices.add(host.asText(), resource);
      }
    }
    destinationRules = new Hosted(names);
    for (Resource resource : set.all(Kind.DESTINATION_RULE)) {
      destinationRules.add(resource.spec().path("host").asText(), resource);
    }
    for (Kind kind : List.of(Kind.HTTP_ROUTE, Kind.GRPC_ROUTE)) {
      for (Resource resource : set.all(kind)) {
        attach(resource, set);
      }
    }
    parents
        .values()
        .forEach(list -> list.sort(Comparator.comparing(Parent::route, Creation.OLDEST_FIRST)));
  }

  private void attach(Resource route, PolicySet set) {
    Map<ServiceId, SortedSet<Integer>> ports = new LinkedHashMap<>();
    for (JsonNode parent : route.spec().path("parentRefs")) {
      for (ServiceId id : parentIds(route, parent, set)) {
        JsonNode port = parent.path("port");
        SortedSet<Integer> of = ports.get(id);
        if (port.isMissingNode() || of != null && of.isEmpty()) {
          // All ports, once, is all ports.
          ports.put(id, new TreeSet<>());
        } else {
          ports.computeIfAbsent(id, i -> new TreeSet<>()).add(port.asInt());
        }
      }
    }
    ports.forEach(
        (id, of) -> parents.computeIfAbsent(id, i -> new ArrayList<>()).add(new Parent(route, of)));
  }

  /** The services that a parentRef means; none if it is not of a kind that the mesh obeys. */
  private static List<ServiceId> parentIds(Resource route, JsonNode parent, PolicySet set) {
    String namespace = parent.path("namespace").asText(route.key().namespace());
    String name = parent.path("name").asText();
    if (parent.path("kind").asText().equals("ServiceEntry") && !name.isEmpty()) {
      List<ServiceId> ids = new ArrayList<>();
      set.get(Kind.SERVICE_ENTRY, namespace, name)
          .ifPresent(
              entry ->
                  entry
                      .spec()
                      .path("hosts")
                      .forEach(
                          h -> ids.add(new ServiceId(namespace, Hosts.canonical(h.asText())))));
      return ids;
    }
    return parent.path("kind").asText().equals("Service") && !name.isEmpty()
        ? List.of(new ServiceId(namespace, name))
        : List.of();
  }

  /** The VirtualService that holds for calls to a service from a namespace. */
  Optional<Resource> virtualService(ServiceId id, String callerNamespace) {
    return virtualServices.of(id, r -> Exports.visible(r, callerNamespace)).stream()
        .min(
            Comparator.comparing((Resource r) -> rank(r, callerNamespace))
                .thenComparing(Creation.OLDEST_FIRST));
  }

  /** Istio lets what speaks to one namespace go before what speaks to some, and that before all. */
  static int rank(Resource resource, String callerNamespace) {
    if (Exports.isPrivate(resource)) {
      return 0;
    }
    return Exports.named(resource, callerNamespace) ? 1 : 2;
  }

  /** All VirtualServices of which a host means the service, be it by a wildcard. */
  List<Resource> virtualServices(ServiceId id) {
    return virtualServices.all(id);
  }

  /** Those that name the very service. */
  List<Resource> exactVirtualServices(ServiceId id) {
    return virtualServices.exact.getOrDefault(id, List.of());
  }

  /** Services that VirtualServices name, whether or not there are such. */
  Set<ServiceId> routedHosts() {
    return virtualServices.exact.keySet();
  }

  /** The routes of Gateway API for calls from a namespace, the oldest first. */
  List<Parent> routes(ServiceId id, String callerNamespace) {
    List<Parent> all = parents.getOrDefault(id, List.of());
    List<Parent> consumers =
        callerNamespace.equals(id.namespace)
            ? List.of()
            : all.stream().filter(p -> p.namespace().equals(callerNamespace)).toList();
    return consumers.isEmpty()
        ? all.stream().filter(p -> p.namespace().equals(id.namespace)).toList()
        : consumers;
  }

  /** All routes of Gateway API that are attached to a service. */
  List<Parent> routes(ServiceId id) {
    return parents.getOrDefault(id, List.of());
  }

  /** The services to which a route is attached, with the ports; an empty set for all ports. */
  Map<ServiceId, SortedSet<Integer>> parentsOf(Resource route) {
    Map<ServiceId, SortedSet<Integer>> of = new TreeMap<>();
    parents.forEach(
        (id, list) ->
            list.stream()
                .filter(p -> p.route().key().equals(route.key()))
                .forEach(p -> of.put(id, p.ports())));
    return of;
  }

  /**
   * The DestinationRules that hold for a caller: those of its own namespace, else of the service's,
   * else of the root namespace; the most specific host of them; several of one host together.
   */
  List<Resource> destinationRules(ServiceId id, Caller caller) {
    List<String> namespaces = List.of(caller.namespace(), id.namespace, ROOT_NAMESPACE);
    for (String namespace : namespaces) {
      List<Resource> found =
          destinationRules.of(
              id,
              r ->
                  r.key().namespace().equals(namespace)
                      && Exports.visible(r, caller.namespace())
                      && selects(r, caller));
      List<Resource> selecting = found.stream().filter(Attachments::hasSelector).toList();
      List<Resource> chosen = selecting.isEmpty() ? found : selecting;
      if (!chosen.isEmpty()) {
        return chosen.stream().sorted(Creation.OLDEST_FIRST).toList();
      }
    }
    return List.of();
  }

  /** All DestinationRules of which the host means the service, be it by a wildcard. */
  List<Resource> destinationRules(ServiceId id) {
    return destinationRules.all(id);
  }

  static boolean hasSelector(Resource rule) {
    return rule.spec().path("workloadSelector").isObject();
  }

  private static boolean selects(Resource rule, Caller caller) {
    if (!hasSelector(rule)) {
      return true;
    }
    // Istio: a selector chooses among callers of the rule's own namespace.
    return rule.key().namespace().equals(caller.namespace())
        && Selectors.selects(
            rule.spec().path("workloadSelector").path("matchLabels"), caller.labels());
  }

  /**
   * A route of Gateway API attached to a service.
   *
   * @param ports of the service; empty for all
   */
  record Parent(Resource route, SortedSet<Integer> ports) {
    String namespace() {
      return route.key().namespace();
    }
  }

  /** Resources by the hosts that they name. */
  private static final class Hosted {
    private final MeshNames names;
    private final Map<ServiceId, List<Resource>> exact = new HashMap<>();

    /** The longest suffix first. */
    private final Map<HostPattern, List<Resource>> wildcards =
        new TreeMap<>(
            Comparator.comparing((HostPattern p) -> -p.suffix().length())
                .thenComparing(HostPattern::suffix));

    Hosted(MeshNames names) {
      this.names = names;
    }

    void add(String host, Resource resource) {
      if (HostPattern.isWildcard(host) && !names.exists(names.resolve(host, namespace(resource)))) {
        put(wildcards, HostPattern.of(host), resource);
      } else if (!host.isEmpty()) {
        put(exact, names.resolve(host, namespace(resource)), resource);
      }
    }

    private static String namespace(Resource resource) {
      return resource.key().namespace();
    }

    private static <K> void put(Map<K, List<Resource>> map, K key, Resource resource) {
      List<Resource> list = map.computeIfAbsent(key, k -> new ArrayList<>());
      if (!list.contains(resource)) {
        list.add(resource);
      }
    }

    /** Those of the most specific host that has any that may be taken. */
    List<Resource> of(ServiceId id, java.util.function.Predicate<Resource> may) {
      List<Resource> found = filter(exact.getOrDefault(id, List.of()), may);
      if (found.isEmpty()) {
        for (Map.Entry<HostPattern, List<Resource>> entry : wildcards.entrySet()) {
          if (entry.getKey().covers(id)) {
            found = filter(entry.getValue(), may);
            if (!found.isEmpty()) {
              return found;
            }
          }
        }
      }
      return found;
    }

    List<Resource> all(ServiceId id) {
      List<Resource> all = new ArrayList<>(exact.getOrDefault(id, List.of()));
      wildcards.forEach((pattern, list) -> addIf(pattern.covers(id), list, all));
      return all;
    }

    private static void addIf(boolean covers, Collection<Resource> list, List<Resource> to) {
      if (covers) {
        to.addAll(list);
      }
    }

    private static List<Resource> filter(
        List<Resource> list, java.util.function.Predicate<Resource> may) {
      return list.stream().filter(may).toList();
    }
  }
}
