package dev.meshagent.controller.push;

import dev.meshagent.controller.compile.Caller;
import dev.meshagent.controller.compile.Compiled;
import dev.meshagent.controller.compile.Policies;
import dev.meshagent.controller.compile.ServiceCompiler;
import dev.meshagent.controller.registry.Addresses;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.EndpointsDelta;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.ServiceSnapshot;
import dev.meshagent.engine.snapshot.codec.SnapshotCodec;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One service as its callers are to see it: the policy for each of them, and its endpoints, each
 * with the sequence number of its last change, so that the way from any recent number to the
 * present can be told as one delta. Runs on the loop.
 */
public final class ServiceView {
  /** Removals that can still be told as a delta; who stands before them gets the whole. */
  private static final int REMEMBERED_REMOVALS = 1024;

  private static final long NOT_FROM = -1;

  private final ServiceId id;
  private final String epoch;
  private final Instant created;
  private final ServiceCompiler compiler;

  private long seq;
  private long resourceVersion;
  private boolean available;
  private Instant availabilitySince;

  private final Map<String, Change> endpoints = new LinkedHashMap<>();
  private final Deque<Removal> removals = new ArrayDeque<>();

  /** The least number from which a delta can be told. */
  private long floor;

  /** Frames of the present state, for those who are told the same. */
  private final Map<FrameKey, String> frames = new HashMap<>();

  private final Set<Subscription> subscriptions = new LinkedHashSet<>();

  /** The subscriptions by kind of caller: policy is looked at once for each kind. */
  private final Map<Caller, Kind> kinds = new HashMap<>();

  /** The version of all policy that was compiled last. */
  private long policyVersion;

  private final List<Waiter> waiters = new ArrayList<>();

  ServiceView(
      ServiceId id, String epoch, Instant created, long resourceVersion, Policies policies) {
    this.id = id;
    this.compiler = new ServiceCompiler(id, policies);
    this.policyVersion = policies.set().version();
    this.epoch = epoch;
    this.created = created;
    this.resourceVersion = resourceVersion;
    this.availabilitySince = created;
  }

  public ServiceId id() {
    return id;
  }

  public String epoch() {
    return epoch;
  }

  public Instant created() {
    return created;
  }

  /** The service as it stands, for a subscriber at the vantage point whom this policy holds for. */
  public ServiceSnapshot snapshot(Vantage vantage, Compiled policy) {
    List<Endpoint> visible =
        endpoints.values().stream()
            .map(c -> c.seenFrom(vantage))
            .flatMap(Optional::stream)
            .toList();
    return policy.settings().withEndpoints(epoch, seq, visible, List.of());
  }

  /**
   * Tells the subscriptions what policy holds now.
   *
   * @return the processes for which it changed
   */
  Set<String> obey(Policies policies) {
    policyVersion = policies.set().version();
    Set<String> touched = new LinkedHashSet<>();
    compiler
        .use(policies, kinds.keySet())
        .forEach(
            (caller, policy) -> {
              Kind kind = kinds.get(caller);
              if (kind.policy != policy) {
                kind.policy = policy;
                frames.clear();
                for (Subscription subscription : kind.subscriptions) {
                  if (subscription.obey(policy)) {
                    touched.add(subscription.uid());
                  }
                }
              }
            });
    return touched;
  }

  /** The version of all policy that subscribers are told. */
  long policyVersion() {
    return policyVersion;
  }

  /** What holds for a caller now. */
  public Compiled policy(Caller caller) {
    Kind kind = kinds.get(caller);
    return kind != null ? kind.policy : compiler.compiled(caller);
  }

  /**
   * @param knownHash the policy hash that the subscriber says to hold; empty if none
   */
  Subscription subscribe(Subscriber subscriber, String knownHash) {
    Kind kind =
        kinds.computeIfAbsent(subscriber.caller(), caller -> new Kind(compiler.compiled(caller)));
    Subscription subscription = new Subscription(this, subscriber, kind.policy, knownHash);
    kind.subscriptions.add(subscription);
    subscriptions.add(subscription);
    return subscription;
  }

  void unsubscribe(Subscription subscription) {
    subscriptions.remove(subscription);
    Caller caller = subscription.subscriber().caller();
    Kind kind = kinds.get(caller);
    if (kind != null && kind.subscriptions.remove(subscription) && kind.subscriptions.isEmpty()) {
      kinds.remove(caller);
    }
    answersChanged();
  }

  /** The way from a number for which {@link #canTellFrom} holds to the present. */
  EndpointsDelta deltaFrom(long from, Vantage vantage) {
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

  /** The frame that tells the whole; made once for all who are to be told the same. */
  String wholeFrame(Vantage vantage, Compiled policy, boolean withPolicy) {
    return frames.computeIfAbsent(
        new FrameKey(vantage, policy.settings().hash, withPolicy, NOT_FROM),
        key -> SnapshotCodec.serviceFrame(snapshot(vantage, policy), withPolicy));
  }

  /** The frame that tells the way from a number; made once for all who stand there. */
  String deltaFrame(long from, Vantage vantage) {
    return frames.computeIfAbsent(
        new FrameKey(vantage, "", false, from),
        key -> SnapshotCodec.deltaFrame(deltaFrom(from, vantage)));
  }

  private void endpointsChange() {
    seq++;
    frames.clear();
  }

  /** Counts the changes of the endpoints within the epoch. */
  public long seq() {
    return seq;
  }

  public long resourceVersion() {
    return resourceVersion;
  }

  /** When the service last got its first ready endpoint or lost its last one. */
  public Instant availabilitySince() {
    return availabilitySince;
  }

  public Collection<Endpoint> endpoints() {
    return endpoints.values().stream().map(Change::endpoint).toList();
  }

  /** The identities of the endpoints; to be read only. */
  public Set<String> uids() {
    return endpoints.keySet();
  }

  /** How many endpoints there are. */
  public int size() {
    return endpoints.size();
  }

  /** To be read only. */
  public Set<Subscription> subscriptions() {
    return subscriptions;
  }

  /** Returns false if it was there as it is. */
  boolean upsert(Endpoint endpoint, long version, Instant now) {
    Change before = endpoints.get(endpoint.uid);
    if (before != null && before.endpoint().equals(endpoint)) {
      return false;
    }
    endpointsChange();
    resourceVersion = version;
    endpoints.put(endpoint.uid, new Change(endpoint, elsewhere(endpoint), seq));
    noteAvailability(now);
    return true;
  }

  void remove(String uid, long version, Instant now) {
    if (endpoints.remove(uid) == null) {
      return;
    }
    endpointsChange();
    resourceVersion = version;
    removals.add(new Removal(uid, seq));
    if (removals.size() > REMEMBERED_REMOVALS) {
      floor = removals.remove().seq();
    }
    noteAvailability(now);
  }

  private void noteAvailability(Instant now) {
    boolean ready = endpoints.values().stream().anyMatch(c -> c.endpoint().health == Health.READY);
    if (ready != available) {
      available = ready;
      availabilitySince = now;
    }
  }

  boolean canTellFrom(long from) {
    return from >= floor;
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

  /** The identities removed since the number and not back. */
  private List<String> removedSince(long from) {
    return removals.stream()
        .filter(removal -> removal.seq() > from && !endpoints.containsKey(removal.uid()))
        .map(Removal::uid)
        .distinct()
        .toList();
  }

  /**
   * Runs the task, once, when every subscription but those of the given process has answered up to
   * the present.
   *
   * @return who now waits; empty if the task has run
   */
  Optional<Waiter> whenConverged(String exceptUid, Runnable task) {
    Waiter waiter = new Waiter(seq, exceptUid, task);
    waiters.add(waiter);
    answersChanged();
    return waiters.contains(waiter) ? Optional.of(waiter) : Optional.empty();
  }

  /** Runs the waiter's task now, if it still waits. */
  void giveUp(Waiter waiter) {
    if (waiters.remove(waiter)) {
      waiter.task.run();
    }
  }

  /** How many wait for answers. */
  int waiting() {
    return waiters.size();
  }

  /** To be called after an answer or the end of a subscription. */
  void answersChanged() {
    if (waiters.isEmpty()) {
      return;
    }
    for (Waiter waiter : List.copyOf(waiters)) {
      boolean open =
          subscriptions.stream()
              .anyMatch(s -> s.answeredSeq() < waiter.seq && !s.uid().equals(waiter.exceptUid));
      if (!open && waiters.remove(waiter)) {
        waiter.task.run();
      }
    }
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

  /**
   * What tells frames of one state apart.
   *
   * @param from of a delta; {@link #NOT_FROM} of the whole
   */
  private record FrameKey(Vantage vantage, String hash, boolean withPolicy, long from) {}

  private record Removal(String uid, long seq) {}

  /** Subscribers for whom the same policy holds because they are of one kind. */
  private static final class Kind {
    final Set<Subscription> subscriptions = new LinkedHashSet<>();
    Compiled policy;

    Kind(Compiled policy) {
      this.policy = policy;
    }
  }

  record Waiter(long seq, String exceptUid, Runnable task) {}
}
