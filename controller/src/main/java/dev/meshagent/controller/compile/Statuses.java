package dev.meshagent.controller.compile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.names.HostAddresses;
import dev.meshagent.controller.policy.Finding;
import dev.meshagent.controller.policy.Findings;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.controller.store.ResourceKey;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is to be shown of each resource: accepted, what it refers to found, agents converged. Knows
 * what it said last, so that a condition keeps the time of its last change. Not thread-safe.
 */
public final class Statuses {
  private static final String CONTROLLER = "mesh-agent.dev/controller";

  private static final List<Kind> KINDS =
      List.of(
          Kind.VIRTUAL_SERVICE,
          Kind.DESTINATION_RULE,
          Kind.SERVICE_ENTRY,
          Kind.WORKLOAD_GROUP,
          Kind.PEER_AUTHENTICATION,
          Kind.AUTHORIZATION_POLICY,
          Kind.REQUEST_AUTHENTICATION,
          Kind.HTTP_ROUTE,
          Kind.GRPC_ROUTE);

  /** Those of which nothing is said but what the names in them stand for. */
  private static final List<Kind> NAMING = List.of(Kind.SERVICE, Kind.WORKLOAD_ENTRY);

  /** How far the version of a resource has come with those that it concerns. */
  public interface Convergence {
    /** As {@code 2 of 3 agents have taken it}. */
    String text(long version);

    boolean converged(long version);
  }

  private final Map<String, ObjectNode> last = new HashMap<>();

  /**
   * The status of every resource that may have one; an empty one says that it has none.
   *
   * @param names what the names stand for that policy gives as addresses
   */
  public Map<ResourceKey, ObjectNode> of(
      Policies policies, HostAddresses names, Convergence convergence, Instant now) {
    String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
    Map<ResourceKey, ObjectNode> statuses = new HashMap<>();
    Map<String, ObjectNode> before = new HashMap<>(last);
    last.clear();
    for (Kind kind : KINDS) {
      for (Resource resource : policies.set().all(kind)) {
        statuses.put(resource.key(), status(resource, policies, names, convergence, time, before));
      }
    }
    for (Kind kind : NAMING) {
      for (Resource resource : policies.set().all(kind)) {
        ObjectNode status = JsonNodeFactory.instance.objectNode();
        ArrayNode conditions = status.putArray("conditions");
        new Builder(resource, time, before, conditions).addNames(names);
        // With nothing to say an empty one takes away what was said before.
        statuses.put(
            resource.key(), conditions.isEmpty() ? JsonNodeFactory.instance.objectNode() : status);
      }
    }
    return statuses;
  }

  private ObjectNode status(
      Resource resource,
      Policies policies,
      HostAddresses names,
      Convergence convergence,
      String time,
      Map<String, ObjectNode> before) {
    Findings findings = Meaning.check(resource, policies);
    ArrayNode conditions = JsonNodeFactory.instance.arrayNode();
    Builder builder = new Builder(resource, time, before, conditions);
    builder.add(
        "Accepted",
        findings.errors().isEmpty(),
        findings.errors().isEmpty() ? "Accepted" : "Invalid",
        findings.errors().isEmpty() ? "It is obeyed." : text(findings.errors().get(0)));
    boolean resolved = findings.warnings().isEmpty();
    builder.add(
        "ResolvedRefs",
        resolved,
        resolved ? "ResolvedRefs" : "RefNotFound",
        resolved ? "All that it refers to is there." : text(findings.warnings().get(0)));
    builder.addNames(names);
    boolean converged = convergence.converged(resource.version());
    builder.add(
        "AgentsConverged",
        converged,
        converged ? "Converged" : "Converging",
        convergence.text(resource.version()));
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    Kind kind = resource.key().kind();
    if (kind == Kind.HTTP_ROUTE || kind == Kind.GRPC_ROUTE) {
      ArrayNode parents = status.putArray("parents");
      for (JsonNode parent : resource.spec().path("parentRefs")) {
        ObjectNode entry = parents.addObject();
        entry.set("parentRef", parent.deepCopy());
        entry.put("controllerName", CONTROLLER);
        entry.set("conditions", conditions.deepCopy());
      }
    } else {
      status.put("observedGeneration", resource.generation());
      status.set("conditions", conditions);
    }
    return status;
  }

  private static String text(Finding finding) {
    return finding.path() + ": " + finding.message();
  }

  /** Adds conditions to those of a resource. */
  private final class Builder {
    private final Resource resource;
    private final String time;
    private final Map<String, ObjectNode> before;
    private final ArrayNode into;

    Builder(Resource resource, String time, Map<String, ObjectNode> before, ArrayNode into) {
      this.resource = resource;
      this.time = time;
      this.before = before;
      this.into = into;
    }

    /** Says what the names stand for that are looked up for it; nothing if none are. */
    void addNames(HostAddresses names) {
      Set<String> hosts = Membership.names(resource);
      if (!hosts.isEmpty()) {
        boolean all = hosts.stream().allMatch(names::resolves);
        add(
            "NamesResolved",
            all,
            all ? "Resolved" : "NoAddress",
            hosts.stream().map(names::text).collect(Collectors.joining("; ")) + ".");
      }
    }

    void add(String type, boolean holds, String reason, String message) {
      ObjectNode condition = into.addObject();
      condition.put("type", type);
      condition.put("status", holds ? "True" : "False");
      condition.put("reason", reason);
      condition.put("message", message);
      condition.put("observedGeneration", resource.generation());
      String name = resource.key() + " " + type;
      ObjectNode was = before.get(name);
      boolean same = was != null && was.path("status").equals(condition.path("status"));
      condition.put("lastTransitionTime", same ? was.path("lastTransitionTime").asText() : time);
      last.put(name, condition);
    }
  }
}
