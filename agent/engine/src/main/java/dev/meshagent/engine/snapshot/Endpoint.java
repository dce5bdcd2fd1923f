package dev.meshagent.engine.snapshot;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * One process that serves a service. Its identity is {@link #uid}, drawn by the process at its
 * start, so that a restart on the same address inherits nothing. Immutable.
 */
public final class Endpoint {
  /** Weight where nobody set one. */
  public static final int DEFAULT_WEIGHT = 1;

  public final String uid;

  /** IP literals, the preferred first; never empty. */
  public final List<String> addresses;

  /** The preferred address. */
  public final String address;

  /** Port name to number, in the order of registration; the first is the primary port. */
  public final Map<String, Integer> ports;

  /** The number of the primary port, or 0 if it has no port at all. */
  public final int primaryPort;

  /** How to reach it over mutual TLS, or null if it does not offer that. */
  public final EndpointTls tls;

  public final Health health;

  /** Relative share of calls; at least 1. */
  public final int weight;

  public final Locality locality;
  public final Map<String, String> labels;

  public Endpoint(
      String uid,
      List<String> addresses,
      Map<String, Integer> ports,
      EndpointTls tls,
      Health health,
      int weight,
      Locality locality,
      Map<String, String> labels) {
    this.uid = Objects.requireNonNull(uid, "uid");
    this.addresses = Collections.unmodifiableList(new java.util.ArrayList<>(addresses));
    this.ports = Collections.unmodifiableMap(new LinkedHashMap<>(ports));
    this.primaryPort = ports.isEmpty() ? 0 : this.ports.values().iterator().next();
    this.tls = tls;
    this.health = Objects.requireNonNull(health, "health");
    this.weight = weight;
    this.locality = Objects.requireNonNull(locality, "locality");
    this.labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    if (this.addresses.isEmpty()) {
      throw new IllegalArgumentException("endpoint " + uid + " has no address");
    }
    this.address = this.addresses.get(0);
    if (weight < 1) {
      throw new IllegalArgumentException(
          "endpoint " + uid + " has weight " + weight + "; the least is 1");
    }
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof Endpoint)) {
      return false;
    }
    Endpoint that = (Endpoint) other;
    return uid.equals(that.uid)
        && addresses.equals(that.addresses)
        && ports.equals(that.ports)
        && Objects.equals(tls, that.tls)
        && health == that.health
        && weight == that.weight
        && locality.equals(that.locality)
        && labels.equals(that.labels);
  }

  @Override
  public int hashCode() {
    return uid.hashCode();
  }

  @Override
  public String toString() {
    return uid + "@" + addresses.get(0) + ports.values() + " " + health;
  }
}
