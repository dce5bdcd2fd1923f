package dev.meshagent.controller.push;

import dev.meshagent.controller.registry.Addresses;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.EndpointsDelta;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.ServiceId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The endpoints of one service, each with the sequence number of its last change, so that the way
 * from any recent number to the present can be told as one delta. Runs on the loop.
 */
final class EndpointLog {
  /** Removals that can still be told as a delta; who stands before them gets the whole. */
  private static final int REMEMBERED_REMOVALS = 1024;

  private final Map<String, Change> endpoints = new LinkedHashMap<>();
  private final Deque<Removal> removals = new ArrayDeque<>();
  private long seq;

  /** The least number from which a delta can be told. */
  private long floor;

  /** Counts the changes. */
  long seq() {
    return seq;
  }

  Collection<Endpoint> all() {
    return endpoints.values().stream().map(Change::endpoint).toList();
  }

  Optional<Endpoint> of(String uid) {
    return Optional.ofNullable(endpoints.get(uid)).map(Change::endpoint);
  }

  /** Those that can be reached from there, with the addresses at which they can. */
  List<Endpoint> seenFrom(Vantage vantage) {
    return endpoints.values().stream()
        .map(change -> change.seenFrom(vantage))
        .flatMap(Optional::stream)
        .toList();
  }

  /** Their identities; to be read only. */
  Set<String> uids() {
    return endpoints.keySet();
  }

  boolean anyReady() {
    for (Change change : endpoints.values()) {
      if (change.endpoint().health == Health.READY) {
        return true;
      }
    }
    return false;
  }

  /** Returns false if it was there as it is. */
  boolean upsert(Endpoint endpoint) {
    Change before = endpoints.get(endpoint.uid);
    if (before != null && before.endpoint().equals(endpoint)) {
      return false;
    }
    endpoints.put(endpoint.uid, new Change(endpoint, elsewhere(endpoint), ++seq));
    return true;
  }

  /** Returns false if it was not there. */
  boolean remove(String uid) {
    if (endpoints.remove(uid) == null) {
      return false;
    }
    removals.add(new Removal(uid, ++seq));
    if (removals.size() > REMEMBERED_REMOVALS) {
      floor = removals.remove().seq();
    }
    return true;
  }

  boolean canTellFrom(long from) {
    return from >= floor;
  }

  /** The way from a number for which {@link #canTellFrom} holds to the present. */
  EndpointsDelta deltaFrom(long from, ServiceId id, String epoch, Vantage vantage) {
    List<Endpoint> upsert = new ArrayList<>();
    List<String> remove = new ArrayList<>(removedSince(from));
    for (Change change : endpoints.values()) {
      if (change.seq() > from) {
        // What cannot be seen any more is as good as removed.
        change
            .seenFrom(vantage)
            .ifPresentOrElse(upsert::add, () -> remove.add(change.endpoint().uid));
      }
    }
    return new EndpointsDelta(id, epoch, from, seq, upsert, remove);
  }

  /** The identities removed since the number and not back. */
  private List<String> removedSince(long from) {
    return removals.stream()
        .filter(removal -> removal.seq() > from && !endpoints.containsKey(removal.uid()))
        .map(Removal::uid)
        .distinct()
        .toList();
  }

  /** The endpoint without its loopback addresses; empty if it has no others. */
  private static Optional<Endpoint> elsewhere(Endpoint endpoint) {
    List<String> addresses = Addresses.reachableFromElsewhere(endpoint.addresses);
    if (addresses.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        addresses.size() == endpoint.addresses.size()
            ? endpoint
            : new Endpoint(
                endpoint.uid,
                addresses,
                endpoint.ports,
                endpoint.tls,
                endpoint.health,
                endpoint.weight,
                endpoint.locality,
                endpoint.labels));
  }

  /**
   * An endpoint and the number of its last change.
   *
   * @param elsewhere as subscribers on other hosts see it
   */
  private record Change(Endpoint endpoint, Optional<Endpoint> elsewhere, long seq) {
    Optional<Endpoint> seenFrom(Vantage vantage) {
      return vantage == Vantage.SAME_HOST ? Optional.of(endpoint) : elsewhere;
    }
  }

  private record Removal(String uid, long seq) {}
}
