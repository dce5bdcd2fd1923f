package dev.meshagent.engine.snapshot;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The names of all services of the mesh, and the rule that turns a host into a service:
 *
 * <ol>
 *   <li>a host that a service declares, exactly;
 *   <li>{@code name} in the caller's namespace, {@code name.namespace}, {@code name.namespace.svc},
 *       {@code name.namespace.svc.cluster.local};
 *   <li>a declared wildcard, the longest suffix first.
 * </ol>
 *
 * <p>Where two services declare one host, the caller's namespace wins, then the first by namespace
 * and name. Names compare without case and trailing dot. Immutable.
 */
public final class NameTable implements Iterable<NamedService> {
  public static final NameTable EMPTY =
      new NameTable(Collections.<ServiceId, NamedService>emptyMap());

  private static final String SVC = ".svc";
  private static final String DOMAIN = ".svc.cluster.local";

  private final Map<ServiceId, NamedService> services;
  private final Map<String, List<ServiceId>> exactHosts = new HashMap<>();
  private final Map<String, List<ServiceId>> wildcardSuffixes = new HashMap<>();

  private NameTable(Map<ServiceId, NamedService> services) {
    this.services = services;
    for (NamedService service : services.values()) {
      for (String host : service.hosts) {
        String name = Hosts.canonical(host);
        if (name.startsWith("*.")) {
          add(wildcardSuffixes, name.substring(1), service.id);
        } else {
          add(exactHosts, name, service.id);
        }
      }
    }
  }

  private static void add(Map<String, List<ServiceId>> index, String key, ServiceId id) {
    List<ServiceId> ids = index.get(key);
    if (ids == null) {
      ids = new ArrayList<>(1);
      index.put(key, ids);
    }
    ids.add(id);
  }

  /**
   * This table after a change.
   *
   * @throws IllegalArgumentException if a service's name is {@code localhost}, an IP literal or no
   *     DNS name, or its namespace no DNS label
   */
  public NameTable with(Collection<NamedService> add, Collection<ServiceId> remove) {
    Map<ServiceId, NamedService> changed = new TreeMap<>(services);
    for (ServiceId id : remove) {
      changed.remove(id);
    }
    for (NamedService service : add) {
      Hosts.requireServiceName(service.id);
      changed.put(service.id, service);
    }
    return new NameTable(changed);
  }

  /** The service that a host means to a caller in a namespace, or null if it is no mesh name. */
  public ServiceId resolve(String host, String callerNamespace) {
    String name = Hosts.canonical(host);
    ServiceId declared = choose(exactHosts.get(name), callerNamespace);
    if (declared != null) {
      return declared;
    }
    ServiceId usual = usual(name, callerNamespace.toLowerCase(Locale.ROOT));
    if (usual != null) {
      return usual;
    }
    if (!wildcardSuffixes.isEmpty()) {
      for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
        ServiceId wild = choose(wildcardSuffixes.get(name.substring(dot)), callerNamespace);
        if (wild != null && dot > 0) {
          return wild;
        }
      }
    }
    return null;
  }

  private ServiceId usual(String name, String callerNamespace) {
    String rest = name;
    if (rest.endsWith(DOMAIN)) {
      rest = rest.substring(0, rest.length() - DOMAIN.length());
    } else if (rest.endsWith(SVC)) {
      rest = rest.substring(0, rest.length() - SVC.length());
    }
    int dot = rest.indexOf('.');
    ServiceId id;
    if (dot < 0) {
      if (rest.length() != name.length()) {
        return null;
      }
      id = new ServiceId(callerNamespace, name);
    } else if (dot > 0 && rest.indexOf('.', dot + 1) < 0) {
      id = new ServiceId(rest.substring(dot + 1), rest.substring(0, dot));
    } else {
      return null;
    }
    NamedService service = services.get(id);
    return service == null ? null : service.id;
  }

  private static ServiceId choose(List<ServiceId> ids, String callerNamespace) {
    if (ids == null) {
      return null;
    }
    for (ServiceId id : ids) {
      if (id.namespace.equals(callerNamespace)) {
        return id;
      }
    }
    return ids.get(0);
  }

  /** The service by its identity, or null. */
  public NamedService get(ServiceId id) {
    return services.get(id);
  }

  public int size() {
    return services.size();
  }

  /** All services, in the order of namespace and name. */
  @Override
  public Iterator<NamedService> iterator() {
    return Collections.unmodifiableCollection(services.values()).iterator();
  }
}
