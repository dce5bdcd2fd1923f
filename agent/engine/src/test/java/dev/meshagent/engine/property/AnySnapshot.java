package dev.meshagent.engine.property;

import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.EndpointTls;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.Locality;
import dev.meshagent.engine.snapshot.OnAgentError;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.ServicePort;
import dev.meshagent.engine.snapshot.ServiceSnapshot;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Draws a snapshot of a service. */
final class AnySnapshot {
  private final Random random;
  private final AnyPolicy policies;

  AnySnapshot(Random random) {
    this.random = random;
    this.policies = new AnyPolicy(random);
  }

  ServiceSnapshot snapshot() {
    List<Endpoint> endpoints = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      endpoints.add(endpoint("u" + i));
    }
    List<ServicePort> ports = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      ports.add(new ServicePort(80 + i, "p" + i, random.nextBoolean() ? "" : "http"));
    }
    return new ServiceSnapshot(
        new ServiceId("shop", "orders"),
        "epoch" + random.nextInt(9),
        random.nextInt(Integer.MAX_VALUE),
        "sha256:" + random.nextInt(),
        OnAgentError.values()[random.nextInt(2)],
        Collections.<String>emptyList(),
        ports,
        random.nextInt(4) == 0 ? ServicePolicy.NONE : policies.policy(),
        endpoints);
  }

  Endpoint endpoint(String uid) {
    Map<String, Integer> ports = new LinkedHashMap<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      ports.put("port" + i, 1 + random.nextInt(65535));
    }
    return new Endpoint(
        uid,
        random.nextBoolean()
            ? Collections.singletonList("10.0.0." + random.nextInt(255))
            : Arrays.asList("fd00::" + random.nextInt(99), "10.0.0.1"),
        ports,
        random.nextBoolean() ? null : new EndpointTls(15443, "spiffe://mesh/ns/shop/sa/orders"),
        Health.values()[random.nextInt(Health.values().length)],
        1 + random.nextInt(100),
        random.nextBoolean() ? Locality.UNKNOWN : Locality.parse("eu/a/" + random.nextInt(3)),
        policies.words());
  }
}
