package dev.meshagent.controller.registry;

import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.ServiceId;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A live workload as it stands at one resource version; every change makes a new one.
 *
 * @param cause why it has the health it has
 * @param since when its health last changed
 * @param created when this controller first heard of it
 * @param resourceVersion grows with every change of any resource and never repeats
 */
public record Workload(
    Registration registration,
    HealthCause cause,
    Instant since,
    Instant created,
    long resourceVersion) {

  public String uid() {
    return registration.uid();
  }

  public ServiceId service() {
    return registration.service();
  }

  public Health health() {
    return cause.health;
  }

  /** What callers are told of it. */
  public Endpoint endpoint() {
    Map<String, Integer> ports = new LinkedHashMap<>();
    registration.ports().forEach(port -> ports.put(port.name(), port.number()));
    return new Endpoint(
        uid(),
        registration.addresses(),
        ports,
        null,
        health(),
        registration.weight(),
        registration.locality(),
        registration.labels());
  }
}
