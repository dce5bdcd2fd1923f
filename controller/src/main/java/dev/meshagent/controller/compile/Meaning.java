package dev.meshagent.controller.compile;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meshagent.controller.compile.document.Node;
import dev.meshagent.controller.compile.document.Problems;
import dev.meshagent.controller.compile.gateway.ParentChecks;
import dev.meshagent.controller.compile.gateway.RouteReader;
import dev.meshagent.controller.compile.istio.DestinationRuleReader;
import dev.meshagent.controller.compile.istio.EndpointReader;
import dev.meshagent.controller.compile.istio.ServiceEntryReader;
import dev.meshagent.controller.compile.istio.VirtualServiceReader;
import dev.meshagent.controller.compile.istio.WorkloadTemplate;
import dev.meshagent.controller.names.HostAddresses;
import dev.meshagent.controller.policy.Finding;
import dev.meshagent.controller.policy.Findings;
import dev.meshagent.controller.policy.PolicyCheck;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.store.PolicySet;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.controller.store.ResourceKey;
import dev.meshagent.engine.snapshot.Hosts;
import dev.meshagent.engine.snapshot.ServiceId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Judges what resources mean: whether all that they ask for can be obeyed, whether two contradict
 * each other, and what they refer to in vain. Thread-safe.
 */
public final class Meaning implements PolicyCheck {
  private final Supplier<? extends Collection<ServiceId>> live;

  /**
   * @param live services that workloads registered as; asked from any thread
   */
  public Meaning(Supplier<? extends Collection<ServiceId>> live) {
    this.live = live;
  }

  @Override
  public Findings check(PolicySet before, PolicySet after, Collection<ResourceKey> changed) {
    if (changed.isEmpty()) {
      return Findings.NONE;
    }
    Policies policies = Policies.of(after, live.get());
    List<Finding> errors = new ArrayList<>();
    List<Finding> warnings = new ArrayList<>();
    for (ResourceKey key : changed) {
      Optional<Resource> resource = after.get(key);
      if (resource.isPresent()) {
        Findings found = check(resource.get(), policies);
        errors.addAll(found.errors());
        warnings.addAll(found.warnings());
      }
    }
    return new Findings(errors, warnings);
  }

  /** What is to be said of one resource among the others. */
  static Findings check(Resource resource, Policies policies) {
    Problems problems = new Problems(resource.key());
    switch (resource.key().kind()) {
      case VIRTUAL_SERVICE:
        virtualService(resource, policies, problems);
        break;
      case DESTINATION_RULE:
        destinationRule(resource, policies, problems);
        break;
      case HTTP_ROUTE:
      case GRPC_ROUTE:
        route(resource, policies, problems);
        break;
      case SERVICE:
        ServiceChecks.check(resource, policies.names(), problems);
        break;
      case SERVICE_ENTRY:
        serviceEntry(resource, policies, problems);
        break;
      case WORKLOAD_ENTRY:
        EndpointReader.read(
            Node.spec(resource, problems),
            resource.key().toString(),
            Optional.of(HostAddresses.NONE));
        break;
      case WORKLOAD_GROUP:
        WorkloadTemplate.read(resource, problems);
        break;
      case PEER_AUTHENTICATION:
        SecurityChecks.peerAuthentication(resource, problems);
        break;
      case AUTHORIZATION_POLICY:
        SecurityChecks.authorizationPolicy(resource, problems);
        break;
      case REQUEST_AUTHENTICATION:
        SecurityChecks.requestAuthentication(resource, problems);
        break;
      default:
        break;
    }
    return problems.found();
  }

  private static void virtualService(Resource resource, Policies policies, Problems problems) {
    JsonNode hosts = resource.spec().path("hosts");
    if (hosts.isEmpty()) {
      problems.error("spec.hosts", hosts, "is missing; name the services that are called");
      return;
    }
    String namespace = resource.key().namespace();
    ServiceId any = new ServiceId(namespace, hosts.get(0).asText());
    for (int i = 0; i < hosts.size(); i++) {
      String path = "spec.hosts[" + i + "]";
      String host = hosts.get(i).asText();
      Optional<String> problem = HostChecks.problem(host);
      if (problem.isPresent()) {
        problems.error(path, hosts.get(i), problem.get());
      } else if (!HostPattern.isWildcard(host)) {
        ServiceId id = policies.names().resolve(host, namespace);
        any = i == 0 ? id : any;
        if (!Hosts.namesService(id)) {
          problems.error(path, hosts.get(i), "means " + id + ", which cannot name a service");
        }
        Conflicts.ofVirtualService(resource, id, policies.attachments(), path, problems);
      }
    }
    VirtualServiceReader.read(resource, policies.references(resource), any, problems);
  }

  private static void serviceEntry(Resource resource, Policies policies, Problems problems) {
    JsonNode hosts = resource.spec().path("hosts");
    if (hosts.isEmpty()) {
      problems.error("spec.hosts", hosts, "is missing; name the service");
    }
    for (int i = 0; i < hosts.size(); i++) {
      String path = "spec.hosts[" + i + "]";
      String host = Hosts.canonical(hosts.get(i).asText());
      Optional<String> problem =
          host.equals("*")
              ? Optional.of("is every name there is; write the names that are meant")
              : HostChecks.problem(host);
      if (problem.isPresent()) {
        problems.error(path, hosts.get(i), problem.get());
        continue;
      }
      ServiceId id = new ServiceId(resource.key().namespace(), host);
      Optional<Resource> other = declaredBeside(resource, id, policies.set());
      if (other.isPresent()) {
        problems.error(
            path,
            hosts.get(i),
            "is declared by " + other.get().key() + " already; declare it in one of them");
      }
    }
    ServiceEntryReader.read(resource, HostAddresses.NONE, problems);
  }

  private static Optional<Resource> declaredBeside(Resource resource, ServiceId id, PolicySet set) {
    for (Resource other : set.in(Kind.SERVICE_ENTRY, id.namespace)) {
      for (JsonNode host : other.spec().path("hosts")) {
        if (!other.key().equals(resource.key()) && Hosts.canonical(host.asText()).equals(id.name)) {
          return Optional.of(other);
        }
      }
    }
    return set.get(Kind.SERVICE, id.namespace, id.name);
  }

  private static void destinationRule(Resource resource, Policies policies, Problems problems) {
    JsonNode host = resource.spec().path("host");
    Optional<String> problem = HostChecks.problem(host.asText());
    if (problem.isPresent()) {
      problems.error("spec.host", host, problem.get());
    } else if (!HostPattern.isWildcard(host.asText())) {
      ServiceId id = policies.names().resolve(host.asText(), resource.key().namespace());
      if (!policies.names().exists(id)) {
        problems.warn(
            "spec.host",
            host,
            "no service "
                + id
                + " is known (yet); this holds once a workload registers as it, or a Service or"
                + " ServiceEntry declares it");
      }
      Conflicts.ofDestinationRule(resource, id, policies.attachments(), problems);
    }
    DestinationRuleReader.read(resource, problems);
  }

  private static void route(Resource resource, Policies policies, Problems problems) {
    ParentChecks.check(resource, problems);
    Map<ServiceId, SortedSet<Integer>> parents = policies.attachments().parentsOf(resource);
    ServiceId called = new ServiceId(resource.key().namespace(), resource.key().name());
    for (ServiceId parent : parents.keySet()) {
      called = parent;
      if (!policies.names().exists(parent)) {
        problems.warn(
            "spec.parentRefs",
            resource.spec().path("parentRefs"),
            "no service "
                + parent
                + " is known (yet); this holds once a workload registers as it, or a Service"
                + " declares it");
      }
      if (!parent.namespace.equals(resource.key().namespace())) {
        problems.warn(
            "spec.parentRefs",
            resource.spec().path("parentRefs"),
            "belongs to another namespace, so this holds for callers in "
                + resource.key().namespace()
                + " alone");
      }
      Conflicts.ofRoute(resource, parent, policies.attachments(), problems);
    }
    RouteReader.read(resource, policies.references(resource), called, new TreeSet<>(), problems);
  }
}
