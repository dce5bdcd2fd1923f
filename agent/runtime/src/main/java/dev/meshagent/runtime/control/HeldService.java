package dev.meshagent.runtime.control;

import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.EndpointsDelta;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.ServiceSnapshot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One service as this process holds it: what the controller said, and beside it the endpoints of an
 * earlier epoch that a restarted controller has not listed yet. Those stay, as suspect, for one
 * lease. Used from the control loop only.
 */
final class HeldService {
  private ServiceSnapshot told;
  private final Map<String, Endpoint> unconfirmed = new LinkedHashMap<>();
  private long unconfirmedUntilNanos;
  private boolean toldOnThisConnection;

  /** Takes a snapshot of an earlier run: its endpoints are suspect until confirmed. */
  static HeldService restored(ServiceSnapshot cached) {
    HeldService service = new HeldService();
    Map<String, Endpoint> suspects = new LinkedHashMap<>();
    for (Endpoint endpoint : cached.endpoints) {
      suspects.put(endpoint.uid, suspect(endpoint));
    }
    service.told =
        cached.withEndpoints(
            cached.epoch, cached.seq, suspects.values(), Collections.<String>emptyList());
    return service;
  }

  /** The same state, to be changed without this one. */
  HeldService copy() {
    HeldService copy = new HeldService();
    copy.told = told;
    copy.unconfirmed.putAll(unconfirmed);
    copy.unconfirmedUntilNanos = unconfirmedUntilNanos;
    copy.toldOnThisConnection = toldOnThisConnection;
    return copy;
  }

  void connected() {
    toldOnThisConnection = false;
  }

  /** The controller's whole snapshot. */
  void whole(ServiceSnapshot snapshot, long nowNanos, long leaseNanos) {
    if (told != null && !told.epoch.equals(snapshot.epoch)) {
      for (Endpoint endpoint : told.endpoints) {
        unconfirmed.put(endpoint.uid, suspect(endpoint));
      }
      unconfirmedUntilNanos = nowNanos + leaseNanos;
    }
    for (Endpoint endpoint : snapshot.endpoints) {
      unconfirmed.remove(endpoint.uid);
    }
    told = snapshot;
    toldOnThisConnection = true;
  }

  /**
   * A change of endpoints.
   *
   * @return false if it does not fit, and the whole snapshot must be asked for
   */
  boolean delta(EndpointsDelta frame) {
    if (told == null || !frame.fits(told)) {
      return false;
    }
    told = frame.applyTo(told);
    for (Endpoint endpoint : frame.upsert) {
      unconfirmed.remove(endpoint.uid);
    }
    unconfirmed.keySet().removeAll(frame.remove);
    return true;
  }

  /**
   * Drops what stayed unconfirmed for a lease. While the controller is away nothing is dropped:
   * what is held is then the best that there is.
   *
   * @return true if something was dropped
   */
  boolean expire(long nowNanos) {
    if (unconfirmed.isEmpty() || !toldOnThisConnection || nowNanos - unconfirmedUntilNanos < 0) {
      return false;
    }
    unconfirmed.clear();
    return true;
  }

  /** What the engine is to go by. */
  ServiceSnapshot effective() {
    return unconfirmed.isEmpty()
        ? told
        : told.withEndpoints(
            told.epoch,
            told.seq,
            new ArrayList<>(unconfirmed.values()),
            Collections.<String>emptyList());
  }

  /** Null before the first snapshot. */
  ServiceSnapshot told() {
    return told;
  }

  private static Endpoint suspect(Endpoint endpoint) {
    return endpoint.health == Health.READY
        ? new Endpoint(
            endpoint.uid,
            endpoint.addresses,
            endpoint.ports,
            endpoint.tls,
            Health.SUSPECT,
            endpoint.weight,
            endpoint.locality,
            endpoint.labels)
        : endpoint;
  }
}
