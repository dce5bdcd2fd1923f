package dev.meshagent.controller.compile;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meshagent.controller.compile.document.Exports;
import dev.meshagent.controller.compile.document.Problems;
import dev.meshagent.controller.compile.document.References;
import dev.meshagent.controller.compile.gateway.RouteReader;
import dev.meshagent.controller.compile.istio.DestinationRuleReader;
import dev.meshagent.controller.compile.istio.TrafficRules;
import dev.meshagent.controller.compile.istio.VirtualServiceReader;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.store.PolicySet;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.engine.snapshot.Hosts;
import dev.meshagent.engine.snapshot.OnAgentError;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.ServicePort;
import dev.meshagent.engine.snapshot.ServiceSnapshot;
import dev.meshagent.engine.snapshot.codec.SnapshotCodec;
import dev.meshagent.engine.snapshot.policy.Destination;
import dev.meshagent.engine.snapshot.policy.Mirror;
import dev.meshagent.engine.snapshot.policy.Route;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import dev.meshagent.engine.snapshot.policy.Subset;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All policy at one moment, ready to be compiled for one service and one kind of caller at a time.
 * Immutable; its methods are pure.
 *
 * <p>The VirtualService and the DestinationRules of a service become one snapshot, which agents
 * swap whole: its routes never lead to a subset of it that has not arrived.
 */
public final class Policies {
  private final PolicySet set;
  private final MeshNames names;
  private final Attachments attachments;

  /** Changes when hosts in policy may mean something else than before. */
  private final long namesStamp;

  private Policies(PolicySet set, MeshNames names, long namesStamp) {
    this(set, names, new Attachments(set, names), namesStamp);
  }

  private Policies(PolicySet set, MeshNames names, Attachments attachments, long namesStamp) {
    this.set = set;
    this.names = names;
    this.attachments = attachments;
    this.namesStamp = namesStamp;
  }

  /**
   * @param live services that workloads registered as, or that are called
   */
  public static Policies of(PolicySet set, Collection<ServiceId> live) {
    return new Policies(set, MeshNames.of(set, live), 1);
  }

  /** These policies after a change; what did not change compiles to the same signature. */
  public Policies next(PolicySet newSet, Collection<ServiceId> live) {
    Policies next = new Policies(newSet, MeshNames.of(newSet, live), namesStamp);
    return meansTheSame(next)
        ? next
        : new Policies(newSet, next.names, next.attachments, namesStamp + 1);
  }

  /** Whether hosts and references mean the same under both, so that the same compiles alike. */
  boolean meansTheSame(Policies other) {
    return names.sameAs(other.names)
        && List.copyOf(set.all(Kind.REFERENCE_GRANT))
            .equals(List.copyOf(other.set.all(Kind.REFERENCE_GRANT)));
  }

  public PolicySet set() {
    return set;
  }

  public MeshNames names() {
    return names;
  }

  Attachments attachments() {
    return attachments;
  }

  /** Whether callers in a namespace may know of the service. */
  public boolean visible(ServiceId id, String callerNamespace) {
    return names
        .declaration(id)
        .filter(resource -> resource.key().kind() == Kind.SERVICE_ENTRY)
        .map(resource -> Exports.visible(resource, callerNamespace))
        .orElse(true);
  }

  /** Services that exist because policy names them, whether or not anybody serves them. */
  public Set<ServiceId> declared() {
    Set<ServiceId> ids = new TreeSet<>(names.declared());
    attachments.routedHosts().stream().filter(Hosts::namesService).forEach(ids::add);
    return ids;
  }

  /** What decides what a caller is told of a service. */
  Inputs inputs(ServiceId id, Caller caller) {
    Optional<Resource> virtualService = attachments.virtualService(id, caller.namespace());
    return new Inputs(
        id,
        virtualService,
        virtualService.isPresent() ? List.of() : attachments.routes(id, caller.namespace()),
        attachments.destinationRules(id, caller),
        names.declaration(id));
  }

  Inputs.Signature signature(Inputs inputs) {
    return inputs.signature(namesStamp);
  }

  /** What a caller is told of a service. */
  public Compiled compile(ServiceId id, Caller caller) {
    return compile(inputs(id, caller));
  }

  Compiled compile(Inputs inputs) {
    ServicePolicy.Builder policy = new ServicePolicy.Builder();
    inputs
        .virtualService()
        .ifPresent(
            resource ->
                policy.routes =
                    VirtualServiceReader.read(
                        resource, references(resource), inputs.id(), unheard(resource)));
    if (!inputs.routes().isEmpty()) {
      policy.order = ServicePolicy.Order.MOST_SPECIFIC;
      for (Attachments.Parent parent : inputs.routes()) {
        policy.routes.addAll(
            RouteReader.read(
                parent.route(),
                references(parent.route()),
                inputs.id(),
                parent.ports(),
                unheard(parent.route())));
      }
    }
    TrafficRules traffic = traffic(inputs.destinationRules());
    policy.traffic = traffic.traffic();
    policy.portTraffic = traffic.ports();
    policy.subsets = traffic.subsets();
    ServicePolicy built = policy.build();
    return new Compiled(
        settings(inputs.id(), built, ports(inputs.declaration())), leadsTo(built), inputs.keys());
  }

  private static ServiceSnapshot settings(
      ServiceId id, ServicePolicy policy, List<ServicePort> ports) {
    boolean newer = policy.subsets.stream().anyMatch(subset -> !subset.portTraffic.isEmpty());
    ServiceSnapshot unhashed =
        new ServiceSnapshot(
            id,
            "",
            0,
            "",
            OnAgentError.PASSTHROUGH,
            newer ? List.of("policy.subsets.portTraffic") : List.of(),
            ports,
            policy,
            List.of());
    return new ServiceSnapshot(
        id,
        "",
        0,
        SnapshotCodec.hash(unhashed),
        unhashed.onAgentError,
        unhashed.mustUnderstand,
        unhashed.ports,
        unhashed.policy,
        List.of());
  }

  private static Set<Compiled.SubsetOf> leadsTo(ServicePolicy policy) {
    Set<Compiled.SubsetOf> ids = new HashSet<>();
    for (Route route : policy.routes) {
      for (Destination to : route.destinations) {
        add(to, ids);
      }
      for (Mirror mirror : route.mirrors) {
        add(mirror.destination, ids);
      }
    }
    return Set.copyOf(ids);
  }

  private static void add(Destination to, Set<Compiled.SubsetOf> ids) {
    if (to.service != null && !to.subset.isEmpty()) {
      ids.add(new Compiled.SubsetOf(to.service, to.subset));
    }
  }

  /** What was written is checked when it is; here nobody listens. */
  private static Problems unheard(Resource resource) {
    return new Problems(resource.key());
  }

  /** Several rules of one host together, as Istio merges them: the oldest that says it, says it. */
  private static TrafficRules traffic(List<Resource> rules) {
    if (rules.isEmpty()) {
      return TrafficRules.NONE;
    }
    TrafficPolicy whole = null;
    Map<Integer, TrafficPolicy> ports = new TreeMap<>();
    Map<String, Subset> subsets = new LinkedHashMap<>();
    for (Resource rule : rules) {
      TrafficRules read = DestinationRuleReader.read(rule, unheard(rule));
      boolean says = rule.spec().path("trafficPolicy").isObject() || rules.size() == 1;
      if (whole == null && says) {
        whole = read.traffic();
        ports.putAll(read.ports());
      }
      read.subsets().forEach(subset -> subsets.putIfAbsent(subset.name, subset));
    }
    return new TrafficRules(
        whole == null ? TrafficPolicy.DEFAULT : whole, ports, new ArrayList<>(subsets.values()));
  }

  private static List<ServicePort> ports(Optional<Resource> declaration) {
    List<ServicePort> ports = new ArrayList<>();
    if (declaration.isPresent()) {
      Resource resource = declaration.get();
      boolean entry = resource.key().kind() == Kind.SERVICE_ENTRY;
      for (JsonNode port : resource.spec().path("ports")) {
        int number = port.path(entry ? "number" : "port").asInt();
        String name = port.path("name").asText("");
        // Endpoints of a ServiceEntry have their ports by the entry's names for them.
        String target = entry ? name : port.path("targetPort").asText(Integer.toString(number));
        ports.add(new ServicePort(number, name, target));
      }
    }
    return ports;
  }

  /** What a resource refers to, seen from its namespace. */
  References references(Resource resource) {
    return new References() {
      @Override
      public ServiceId service(String host) {
        return names.resolve(host, resource.key().namespace());
      }

      @Override
      public boolean exists(ServiceId service) {
        return names.exists(service);
      }

      @Override
      public boolean granted(ServiceId service) {
        return service.namespace.equals(resource.key().namespace())
            || Grants.allow(set, resource.key(), service);
      }

      @Override
      public boolean hasSubset(ServiceId service, String subset) {
        return attachments.destinationRules(service).stream()
            .flatMap(rule -> elements(rule.spec().path("subsets")).stream())
            .anyMatch(each -> each.path("name").asText().equals(subset));
      }
    };
  }

  private static List<JsonNode> elements(JsonNode array) {
    List<JsonNode> list = new ArrayList<>();
    array.forEach(list::add);
    return list;
  }
}
