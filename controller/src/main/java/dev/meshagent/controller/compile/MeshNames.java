package dev.meshagent.controller.compile;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.store.PolicySet;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.engine.snapshot.Hosts;
import dev.meshagent.engine.snapshot.NameTable;
import dev.meshagent.engine.snapshot.NamedService;
import dev.meshagent.engine.snapshot.OnAgentError;
import dev.meshagent.engine.snapshot.ServiceId;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which services there are, by workload or by declaration, and what hosts in policy mean among
 * them. Immutable.
 */
public final class MeshNames {
  private static final String SVC = ".svc";
  private static final String DOMAIN = ".svc.cluster.local";

  /** A Service or ServiceEntry that declares the service. */
  private final Map<ServiceId, Resource> declared = new TreeMap<>();

  private final Map<ServiceId, NamedService> known = new TreeMap<>();
  private final Set<String> namespaces = new HashSet<>();
  private final NameTable table;

  private MeshNames(PolicySet set, Collection<ServiceId> live) {
    live.forEach(this::add);
    for (Resource service : set.all(Kind.SERVICE)) {
      declare(new ServiceId(service.key().namespace(), service.key().name()), service);
    }
    for (Resource entry : set.all(Kind.SERVICE_ENTRY)) {
      for (JsonNode host : entry.spec().path("hosts")) {
        declare(new ServiceId(entry.key().namespace(), Hosts.canonical(host.asText())), entry);
      }
    }
    set.all(Kind.NAMESPACE).forEach(namespace -> namespaces.add(namespace.key().name()));
    this.table = NameTable.EMPTY.with(known.values(), List.of());
  }

  /**
   * The names at one moment.
   *
   * @param live services that workloads registered as, or that are called
   */
  public static MeshNames of(PolicySet set, Collection<ServiceId> live) {
    return new MeshNames(set, live);
  }

  private void declare(ServiceId id, Resource by) {
    if (Hosts.namesService(id) && declared.putIfAbsent(id, by) == null) {
      add(id);
    }
  }

  private void add(ServiceId id) {
    if (Hosts.namesService(id)) {
      known.put(id, named(id));
      namespaces.add(id.namespace);
    }
  }

  /** How agents are told of a service: one that has a full name is called by that alone. */
  public static NamedService named(ServiceId id) {
    boolean full = id.name.indexOf('.') >= 0;
    return new NamedService(id, full ? List.of(id.name) : List.of(), OnAgentError.PASSTHROUGH);
  }

  /** True if these are the same names, so that what was compiled with the others still holds. */
  boolean sameAs(MeshNames other) {
    return known.equals(other.known)
        && namespaces.equals(other.namespaces)
        && declared.keySet().equals(other.declared.keySet());
  }

  public boolean exists(ServiceId id) {
    return known.containsKey(id);
  }

  /** The Service or ServiceEntry that declares a service. */
  public Optional<Resource> declaration(ServiceId id) {
    return Optional.ofNullable(declared.get(id));
  }

  /** Services that are there because somebody declared them, whether or not anybody serves them. */
  Collection<ServiceId> declared() {
    return declared.keySet();
  }

  /**
   * The service that a host means to a resource in a namespace. Of a host that names none it is the
   * service that would have that name.
   */
  public ServiceId resolve(String host, String namespace) {
    ServiceId found = table.resolve(host, namespace);
    if (found != null) {
      return found;
    }
    String name = Hosts.canonical(host);
    boolean full = name.endsWith(DOMAIN) || name.endsWith(SVC);
    String rest =
        name.endsWith(DOMAIN)
            ? name.substring(0, name.length() - DOMAIN.length())
            : full ? name.substring(0, name.length() - SVC.length()) : name;
    int dot = rest.indexOf('.');
    if (dot > 0 && rest.indexOf('.', dot + 1) < 0) {
      ServiceId usual = new ServiceId(rest.substring(dot + 1), rest.substring(0, dot));
      if (full || namespaces.contains(usual.namespace)) {
        return usual;
      }
    }
    return new ServiceId(namespace, name);
  }
}
