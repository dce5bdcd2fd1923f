package dev.meshagent.runtime.control;

import dev.meshagent.engine.snapshot.EndpointsDelta;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.ServiceSnapshot;
import dev.meshagent.engine.snapshot.codec.SnapshotCodec;
import dev.meshagent.engine.snapshot.codec.SnapshotFormatException;
import dev.meshagent.runtime.log.Log;
import dev.meshagent.runtime.readiness.Probe;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All policy that this process holds: which services it wants, their snapshots and the table of
 * names; what it takes in goes on to the engine, and what is to be answered comes back as frames.
 * It outlives connections. Used from the control loop only.
 */
final class HeldPolicy {
  private final PolicySink sink;
  private final SnapshotCodec codec;
  private final HeldNames names = new HeldNames();
  private final Set<ServiceId> wanted = new LinkedHashSet<>();
  private final Map<ServiceId, HeldService> services = new LinkedHashMap<>();
  private final UnknownFields unknownFields = new UnknownFields();
  private boolean changed;

  HeldPolicy(PolicySink sink, SnapshotCodec codec) {
    this.sink = sink;
    this.codec = codec;
  }

  /** Takes what an earlier run held, for as long as nothing better is known. */
  void restore(CachedPolicy cached) {
    names.restore(cached.epoch, cached.names);
    for (ServiceSnapshot snapshot : cached.services) {
      HeldService service = HeldService.restored(snapshot);
      services.put(snapshot.id, service);
      wanted.add(snapshot.id);
      sink.snapshot(service.effective());
    }
    sink.rememberedNames(names.table());
  }

  /** What is worth keeping for the next run: names, and the snapshots of what was called. */
  CachedPolicy toCache(Set<ServiceId> called) {
    List<ServiceSnapshot> snapshots = new ArrayList<>();
    for (ServiceId id : called) {
      HeldService service = services.get(id);
      if (service != null) {
        snapshots.add(service.effective());
      }
    }
    return new CachedPolicy(names.epoch(), new ArrayList<>(names.all()), snapshots);
  }

  /** Takes in a {@code peers} frame. */
  void peers(Map<String, String> frame) throws IOException {
    try {
      int index = Integer.parseInt(frame.get("index"));
      int count = Integer.parseInt(frame.get("count"));
      if (index < 0 || index >= count) {
        throw new IOException("peers: no place " + index + " among " + count);
      }
      sink.peers(index, count);
    } catch (NumberFormatException e) {
      throw new IOException("peers without index or count", e);
    }
  }

  void connected() {
    names.connected();
    for (HeldService service : services.values()) {
      service.connected();
    }
  }

  /** True if the service was not wanted before, so that it must be subscribed to. */
  boolean want(ServiceId service) {
    return wanted.add(service);
  }

  Set<ServiceId> wanted() {
    return Collections.unmodifiableSet(wanted);
  }

  /** The policy hash of each service that is held. */
  Map<ServiceId, String> knownHashes() {
    Map<ServiceId, String> known = new LinkedHashMap<>();
    for (Map.Entry<ServiceId, HeldService> entry : services.entrySet()) {
      String hash = entry.getValue().told().hash;
      if (!hash.isEmpty()) {
        known.put(entry.getKey(), hash);
      }
    }
    return known;
  }

  /**
   * Takes a {@code names} frame.
   *
   * @return what to answer, or null if the frame does not follow the one before it
   */
  List<String> names(IncomingFrame frame, long nowNanos, long leaseNanos) throws IOException {
    NamesFrame parsed = frame.names(unknownFields);
    HeldNames.Change change;
    try {
      change = names.apply(parsed, nowNanos, leaseNanos);
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
    if (!change.fits) {
      return null;
    }
    changed = true;
    sink.names(names.table());
    return forget(change.removed);
  }

  /** Takes a {@code service} frame and returns what to answer. */
  String service(IncomingFrame frame, long nowNanos, long leaseNanos) throws IOException {
    Map<String, String> head = frame.scalars();
    String name = head.getOrDefault("service", "");
    try {
      HeldService held = services.get(parse(name));
      ServiceSnapshot snapshot = codec.readService(frame.text, held == null ? null : held.told());
      HeldService next = held == null ? new HeldService() : held.copy();
      next.whole(snapshot, nowNanos, leaseNanos);
      hold(snapshot.id, next);
      return OutgoingFrames.ack(snapshot.id, snapshot.hash, snapshot.epoch, snapshot.seq);
    } catch (SnapshotFormatException e) {
      return refuse(head, name, e.path, e.reason, e);
    } catch (RuntimeException | Error e) {
      return refuse(head, name, "$", "the agent failed over it: " + e, e);
    }
  }

  /** Takes an {@code endpoints} frame and returns what to answer. */
  String endpoints(IncomingFrame frame) throws IOException {
    Map<String, String> head = frame.scalars();
    String name = head.getOrDefault("service", "");
    try {
      EndpointsDelta delta = codec.readDelta(frame.text);
      HeldService held = services.get(delta.service);
      HeldService next = held == null ? null : held.copy();
      if (next == null || !next.delta(delta)) {
        return OutgoingFrames.resync(delta.service);
      }
      hold(delta.service, next);
      return OutgoingFrames.ack(delta.service, next.told().hash, delta.epoch, delta.seq);
    } catch (SnapshotFormatException e) {
      return refuse(head, name, e.path, e.reason, e);
    } catch (RuntimeException | Error e) {
      return refuse(head, name, "$", "the agent failed over it: " + e, e);
    }
  }

  /** Holds what the engine took; what it fails over leaves the state before it in force. */
  private void hold(ServiceId id, HeldService next) {
    sink.snapshot(next.effective());
    services.put(id, next);
    changed = true;
  }

  /** Drops what a restarted controller did not confirm in time; returns what to tell it. */
  List<String> expire(long nowNanos) {
    for (HeldService service : services.values()) {
      if (service.expire(nowNanos)) {
        changed = true;
        sink.snapshot(service.effective());
      }
    }
    List<ServiceId> removed = names.expire(nowNanos);
    if (removed.isEmpty()) {
      return Collections.emptyList();
    }
    changed = true;
    sink.names(names.table());
    return forget(removed);
  }

  /** True once after each change that the cache should learn of. */
  boolean takeChanged() {
    boolean was = changed;
    changed = false;
    return was;
  }

  /** How many fields were skipped because this version does not know them. */
  long unknownFields() {
    return unknownFields.count() + codec.unknownFields();
  }

  /** The probe that the frame tells; null if it tells that there is none. */
  Probe probe(IncomingFrame frame) throws IOException {
    return frame.probe(unknownFields);
  }

  void countUnknown() {
    unknownFields.add();
  }

  private List<String> forget(Collection<ServiceId> removed) {
    List<ServiceId> unsubscribe = new ArrayList<>();
    for (ServiceId service : removed) {
      services.remove(service);
      sink.forget(service);
      if (wanted.remove(service)) {
        unsubscribe.add(service);
      }
    }
    return unsubscribe.isEmpty()
        ? Collections.<String>emptyList()
        : Collections.singletonList(OutgoingFrames.unsubscribe(unsubscribe));
  }

  private static String refuse(
      Map<String, String> head, String name, String path, String reason, Throwable e) {
    Log.warn(
        name
            + ": what the controller sent cannot be obeyed and the last good state stays in force: "
            + path
            + ": "
            + reason,
        e instanceof SnapshotFormatException ? null : e);
    long seq = 0;
    try {
      seq = Long.parseLong(head.getOrDefault("seq", "0"));
    } catch (NumberFormatException wrong) {
      // Part of what is refused.
    }
    return OutgoingFrames.nack(
        name, head.getOrDefault("hash", ""), head.getOrDefault("epoch", ""), seq, path, reason);
  }

  private static ServiceId parse(String name) throws SnapshotFormatException {
    try {
      return ServiceId.parse(name);
    } catch (IllegalArgumentException e) {
      throw new SnapshotFormatException("$.service", e.getMessage());
    }
  }
}
