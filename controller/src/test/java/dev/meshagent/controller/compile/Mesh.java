package dev.meshagent.controller.compile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.names.HostAddresses;
import dev.meshagent.controller.policy.Finding;
import dev.meshagent.controller.policy.Findings;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.store.PolicySet;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.controller.store.ResourceKey;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** A mesh for tests: services, and resources written as relaxed JSON. */
final class Mesh {
  private static final JsonMapper RELAXED =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
          .enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES)
          .build();

  private final TreeSet<ServiceId> live = new TreeSet<>();
  private final List<Resource> resources = new ArrayList<>();

  static Mesh with(String... services) {
    Mesh mesh = new Mesh();
    for (String service : services) {
      mesh.live.add(ServiceId.parse(service));
    }
    return mesh;
  }

  static JsonNode json(String relaxed) {
    try {
      return RELAXED.readTree(relaxed);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(relaxed, e);
    }
  }

  /** Adds a resource, younger than those before. */
  Mesh add(Kind kind, String namespace, String name, String spec) {
    return add(kind, namespace, name, spec, Map.of());
  }

  Mesh add(Kind kind, String namespace, String name, String spec, Map<String, String> annotations) {
    ObjectNode document = RELAXED.createObjectNode();
    document.put("apiVersion", kind.apiVersion()).put("kind", kind.kind);
    ObjectNode metadata = document.putObject("metadata");
    metadata.put("namespace", namespace).put("name", name);
    metadata.put("creationTimestamp", "2026-01-01T00:00:0" + resources.size() + "Z");
    if (!annotations.isEmpty()) {
      annotations.forEach(metadata.putObject("annotations")::put);
    }
    document.set("spec", json(spec));
    resources.add(
        new Resource(new ResourceKey(kind, namespace, name), document, 1L + resources.size()));
    return this;
  }

  PolicySet set() {
    return PolicySet.of(resources, resources.size());
  }

  Policies policies() {
    return Policies.of(set(), live);
  }

  /** Who serves what, with nothing looked up. */
  Membership membership() {
    return Membership.of(set(), HostAddresses.NONE);
  }

  /** Who serves what, where these are the addresses of the one name. */
  Membership membership(String host, String... addresses) {
    return Membership.of(
        set(),
        new HostAddresses(
            Map.of(host, new HostAddresses.Answer(List.of(addresses), Optional.empty()))));
  }

  /** What callers without labels in a namespace are told. */
  ServicePolicy policy(String service, String callerNamespace) {
    return policies()
        .compile(ServiceId.parse(service), new Caller(callerNamespace, Map.of()))
        .settings()
        .policy;
  }

  /** What is said of the resource that was added last. */
  Findings findings() {
    Resource last = resources.get(resources.size() - 1);
    return new Meaning(() -> live).check(PolicySet.empty(), set(), List.of(last.key()));
  }

  List<String> errors() {
    return texts(findings().errors());
  }

  List<String> warnings() {
    return texts(findings().warnings());
  }

  private static List<String> texts(List<Finding> findings) {
    return findings.stream().map(f -> f.path() + ": " + f.message()).toList();
  }
}
