package dev.meshagent.engine.snapshot;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/** A change of a service's endpoints between two points of one epoch. Immutable. */
public final class EndpointsDelta {
  public final ServiceId service;
  public final String epoch;

  /** Where the reader must stand for the delta to fit. */
  public final long from;

  /** Where the reader stands afterwards. */
  public final long seq;

  public final List<Endpoint> upsert;

  /** Uids of endpoints that are gone. */
  public final List<String> remove;

  public EndpointsDelta(
      ServiceId service,
      String epoch,
      long from,
      long seq,
      Collection<Endpoint> upsert,
      Collection<String> remove) {
    this.service = service;
    this.epoch = epoch;
    this.from = from;
    this.seq = seq;
    this.upsert = Collections.unmodifiableList(new ArrayList<>(upsert));
    this.remove = Collections.unmodifiableList(new ArrayList<>(remove));
  }

  /** True if this delta continues the snapshot. */
  public boolean fits(ServiceSnapshot held) {
    return held.id.equals(service) && held.epoch.equals(epoch) && held.seq == from;
  }

  /** The snapshot after this delta. */
  public ServiceSnapshot applyTo(ServiceSnapshot held) {
    return held.withEndpoints(epoch, seq, upsert, remove);
  }
}
