package dev.meshagent.runtime.control;

import dev.meshagent.engine.snapshot.NameTable;
import dev.meshagent.engine.snapshot.NamedService;
import dev.meshagent.engine.snapshot.ServiceId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The names of the mesh's services as this process holds them. The first table of a controller that
 * was restarted cannot list services whose workloads have not come back yet, so names that it does
 * not list are kept for one lease and dropped then. Used from the control loop only.
 */
final class HeldNames {
  private final Map<ServiceId, NamedService> held = new HashMap<>();

  /** Those of {@link #held} that the controller has not confirmed in its present epoch. */
  private final Set<ServiceId> unconfirmed = new HashSet<>();

  private NameTable table = NameTable.EMPTY;
  private String epoch = "";
  private long seq;
  private boolean wholeSeen;
  private long unconfirmedUntilNanos;

  /** What a change took away. */
  static final class Change {
    /** False: the frame does not follow the one before, and the connection is to be made anew. */
    final boolean fits;

    final List<ServiceId> removed;

    private Change(boolean fits, List<ServiceId> removed) {
      this.fits = fits;
      this.removed = removed;
    }
  }

  /** Takes names of an earlier run, which the first table of a connection confirms or not. */
  void restore(String cachedEpoch, Collection<NamedService> cached) {
    epoch = cachedEpoch;
    for (NamedService service : cached) {
      held.put(service.id, service);
    }
    table = table.with(cached, Collections.<ServiceId>emptyList());
  }

  /** A new connection: its first frame has the whole table. */
  void connected() {
    wholeSeen = false;
  }

  Change apply(NamesFrame frame, long nowNanos, long leaseNanos) {
    boolean follows = wholeSeen && frame.epoch.equals(epoch) && frame.seq == seq + 1;
    if (!frame.full && !follows) {
      return new Change(false, Collections.<ServiceId>emptyList());
    }
    List<ServiceId> removed = new ArrayList<>();
    for (NamedService service : frame.add) {
      held.put(service.id, service);
      unconfirmed.remove(service.id);
    }
    if (frame.full) {
      removed.addAll(notListed(frame, nowNanos, leaseNanos));
    }
    removed.addAll(frame.remove);
    for (ServiceId service : removed) {
      held.remove(service);
      unconfirmed.remove(service);
    }
    epoch = frame.epoch;
    seq = frame.seq;
    wholeSeen = true;
    table = table.with(frame.add, removed);
    return new Change(true, removed);
  }

  /** Drops what stayed unconfirmed for a lease; only a connected process may. */
  List<ServiceId> expire(long nowNanos) {
    if (unconfirmed.isEmpty() || !wholeSeen || nowNanos - unconfirmedUntilNanos < 0) {
      return Collections.emptyList();
    }
    List<ServiceId> removed = new ArrayList<>(unconfirmed);
    held.keySet().removeAll(removed);
    unconfirmed.clear();
    table = table.with(Collections.<NamedService>emptyList(), removed);
    return removed;
  }

  NameTable table() {
    return table;
  }

  Collection<NamedService> all() {
    return held.values();
  }

  String epoch() {
    return epoch;
  }

  private List<ServiceId> notListed(NamesFrame frame, long nowNanos, long leaseNanos) {
    Set<ServiceId> missing = new HashSet<>(held.keySet());
    for (NamedService service : frame.add) {
      missing.remove(service.id);
    }
    if (!frame.epoch.equals(epoch)) {
      unconfirmed.addAll(missing);
      unconfirmedUntilNanos = nowNanos + leaseNanos;
    }
    missing.removeAll(unconfirmed);
    return new ArrayList<>(missing);
  }
}
