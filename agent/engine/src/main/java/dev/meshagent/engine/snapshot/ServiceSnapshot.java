package dev.meshagent.engine.snapshot;

import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** All that the engine is told of one service at one moment. Immutable, swapped whole. */
public final class ServiceSnapshot {
  public final ServiceId id;

  /** The controller's epoch, within which {@link #seq} counts. */
  public final String epoch;

  /** Counts the changes of the endpoints. */
  public final long seq;

  /** Of all but the endpoints; see docs/control-protocol.md. */
  public final String hash;

  public final OnAgentError onAgentError;

  /** Paths of policy fields that a reader must know, without {@code $.} and without indexes. */
  public final List<String> mustUnderstand;

  /** The ports that a Service object maps; empty for a service that nobody wrote. */
  public final List<ServicePort> ports;

  public final ServicePolicy policy;
  public final List<Endpoint> endpoints;

  public ServiceSnapshot(
      ServiceId id,
      String epoch,
      long seq,
      String hash,
      OnAgentError onAgentError,
      List<String> mustUnderstand,
      List<ServicePort> ports,
      ServicePolicy policy,
      Collection<Endpoint> endpoints) {
    this.id = Objects.requireNonNull(id, "id");
    this.epoch = Objects.requireNonNull(epoch, "epoch");
    this.seq = seq;
    this.hash = Objects.requireNonNull(hash, "hash");
    this.onAgentError = Objects.requireNonNull(onAgentError, "onAgentError");
    this.mustUnderstand = Collections.unmodifiableList(new ArrayList<>(mustUnderstand));
    this.ports = Collections.unmodifiableList(new ArrayList<>(ports));
    this.policy = Objects.requireNonNull(policy, "policy");
    this.endpoints = Collections.unmodifiableList(new ArrayList<>(endpoints));
  }

  /** A snapshot without policy, ports or endpoints. */
  public static ServiceSnapshot empty(ServiceId id, String epoch) {
    return new ServiceSnapshot(
        id,
        epoch,
        0,
        "",
        OnAgentError.PASSTHROUGH,
        Collections.<String>emptyList(),
        Collections.<ServicePort>emptyList(),
        ServicePolicy.NONE,
        Collections.<Endpoint>emptyList());
  }

  /** This snapshot after a change of its endpoints; an endpoint is replaced where its uid is. */
  public ServiceSnapshot withEndpoints(
      String newEpoch, long newSeq, Collection<Endpoint> upsert, Collection<String> removeUids) {
    Map<String, Endpoint> byUid = new LinkedHashMap<>();
    for (Endpoint endpoint : endpoints) {
      byUid.put(endpoint.uid, endpoint);
    }
    for (String uid : removeUids) {
      byUid.remove(uid);
    }
    for (Endpoint endpoint : upsert) {
      byUid.put(endpoint.uid, endpoint);
    }
    return new ServiceSnapshot(
        id, newEpoch, newSeq, hash, onAgentError, mustUnderstand, ports, policy, byUid.values());
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof ServiceSnapshot)) {
      return false;
    }
    ServiceSnapshot that = (ServiceSnapshot) other;
    return id.equals(that.id)
        && epoch.equals(that.epoch)
        && seq == that.seq
        && hash.equals(that.hash)
        && onAgentError == that.onAgentError
        && mustUnderstand.equals(that.mustUnderstand)
        && ports.equals(that.ports)
        && policy.equals(that.policy)
        && endpoints.equals(that.endpoints);
  }

  @Override
  public int hashCode() {
    return 31 * id.hashCode() + Long.hashCode(seq);
  }

  @Override
  public String toString() {
    return id + "@" + epoch + ":" + seq + " " + endpoints;
  }
}
