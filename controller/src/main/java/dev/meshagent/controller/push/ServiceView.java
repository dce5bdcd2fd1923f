package dev.meshagent.controller.push;

import dev.meshagent.controller.compile.Caller;
import dev.meshagent.controller.compile.Compiled;
import dev.meshagent.controller.compile.Policies;
import dev.meshagent.controller.compile.ServiceCompiler;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.EndpointsDelta;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.ServiceSnapshot;
import dev.meshagent.engine.snapshot.codec.SnapshotCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One service as its callers are to see it: the policy for each of them and its endpoints, and the
 * frames that tell of them. Runs on the loop.
 */
public final class ServiceView {
  private static final long NOT_FROM = -1;

  private final ServiceId id;
  private final String epoch;
  private final Instant created;
  private final ServiceCompiler compiler;

  private long resourceVersion;
  private boolean available;
  private Instant availabilitySince;
  private boolean registeredAs;

  private final EndpointLog endpoints = new EndpointLog();

  /** Frames of the present state, for those who are told the same. */
  private final Map<FrameKey, Push> frames = new HashMap<>();

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
    List<Endpoint> visible = endpoints.seenFrom(vantage);
    return policy.settings().withEndpoints(epoch, seq(), visible, List.of());
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
    return endpoints.deltaFrom(from, id, epoch, vantage);
  }

  /** The frame that tells the whole; made once for all who are to be told the same. */
  Push wholeFrame(Vantage vantage, Compiled policy, boolean withPolicy) {
    return frames.computeIfAbsent(
        new FrameKey(vantage, policy.settings().hash, withPolicy, NOT_FROM),
        key ->
            new Push("service", SnapshotCodec.serviceFrame(snapshot(vantage, policy), withPolicy)));
  }

  /** The frame that tells the way from a number; made once for all who stand there. */
  Push deltaFrame(long from, Vantage vantage) {
    return frames.computeIfAbsent(
        new FrameKey(vantage, "", false, from),
        key -> new Push("endpoints", SnapshotCodec.deltaFrame(deltaFrom(from, vantage))));
  }

  /** Counts the changes of the endpoints within the epoch. */
  public long seq() {
    return endpoints.seq();
  }

  public long resourceVersion() {
    return resourceVersion;
  }

  /** When the service last got its first ready endpoint or lost its last one. */
  public Instant availabilitySince() {
    return availabilitySince;
  }

  public Collection<Endpoint> endpoints() {
    return endpoints.all();
  }

  public Optional<Endpoint> endpoint(String uid) {
    return endpoints.of(uid);
  }

  /** The identities of the endpoints; to be read only. */
  public Set<String> uids() {
    return endpoints.uids();
  }

  /** How many endpoints there are. */
  public int size() {
    return endpoints.uids().size();
  }

  /** To be read only. */
  public Set<Subscription> subscriptions() {
    return subscriptions;
  }

  /** A workload that registered as this service serves it. */
  void registeredAs() {
    registeredAs = true;
  }

  /** Whether it was ever more than a name that policy gave. */
  boolean wasRegisteredAs() {
    return registeredAs;
  }

  /** Returns false if it was there as it is. */
  boolean upsert(Endpoint endpoint, long version, Instant now) {
    boolean changed = endpoints.upsert(endpoint);
    if (changed) {
      endpointsChanged(version, now);
    }
    return changed;
  }

  void remove(String uid, long version, Instant now) {
    if (endpoints.remove(uid)) {
      endpointsChanged(version, now);
    }
  }

  private void endpointsChanged(long version, Instant now) {
    frames.clear();
    resourceVersion = version;
    if (endpoints.anyReady() != available) {
      available = !available;
      availabilitySince = now;
    }
  }

  boolean canTellFrom(long from) {
    return endpoints.canTellFrom(from);
  }

  /**
   * Runs the task, once, when every subscription but those of the given process has answered up to
   * the present.
   *
   * @return who now waits; empty if the task has run
   */
  Optional<Waiter> whenConverged(String exceptUid, Runnable task) {
    Waiter waiter = new Waiter(seq(), exceptUid, task);
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
   * What tells frames of one state apart.
   *
   * @param from of a delta; {@link #NOT_FROM} of the whole
   */
  private record FrameKey(Vantage vantage, String hash, boolean withPolicy, long from) {}

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
