package dev.meshagent.controller.push;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meshagent.controller.compile.Caller;
import dev.meshagent.controller.compile.Membership;
import dev.meshagent.controller.compile.MeshNames;
import dev.meshagent.controller.compile.Policies;
import dev.meshagent.controller.loop.Loop;
import dev.meshagent.controller.names.HostAddresses;
import dev.meshagent.controller.registry.RegistryListener;
import dev.meshagent.controller.registry.Workload;
import dev.meshagent.controller.registry.WorkloadRegistry;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.store.PolicySet;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Hosts;
import dev.meshagent.engine.snapshot.NameTable;
import dev.meshagent.engine.snapshot.NamedService;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.ServiceSnapshot;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * All services by name, kept in step with the registry; who is subscribed to which; and the word to
 * the sessions that something changed.
 *
 * <p>A service exists while policy names it or somebody serves it. One that workloads registered as
 * exists for as long as it has a subscriber, too: a caller of a service that has just died is to be
 * told "no endpoint left", not "unknown host". One that policy alone made goes with the policy,
 * whoever is subscribed: its host is to be left alone again. A subscription makes none. For one
 * lease after the controller's start what agents hold exists as well, since its workloads may
 * merely not have come back yet.
 *
 * <p>Changes are gathered for {@value #GATHER_MILLIS} ms, so that a burst becomes one frame. Runs
 * on the loop.
 */
public final class Directory implements RegistryListener {
  private static final long GATHER_MILLIS = 10;

  private final Loop loop;
  private final WorkloadRegistry registry;
  private final String epoch;
  private final Map<ServiceId, ServiceView> services = new TreeMap<>();

  /**
   * What agents held of an earlier run of the controller and no workload has come for yet, while
   * this one is young.
   */
  private final Set<ServiceId> expected = new HashSet<>();

  private final List<DirectoryListener> listeners = new CopyOnWriteArrayList<>();

  private final Set<ServiceView> changed = new LinkedHashSet<>();
  private boolean gathering;

  /** Whether services came or went, so that hosts in policy may mean others than before. */
  private boolean namesChanged;

  private Runnable compiled = () -> {};
  private volatile List<ServiceId> live = List.of();
  private Policies policies = Policies.of(PolicySet.empty(), List.of());
  private Membership membership = Membership.of(PolicySet.empty(), HostAddresses.NONE);
  private final Rollouts rollouts = new Rollouts(this);

  /** The services that each endpoint is in, by its uid. */
  private final Map<String, Set<ServiceId>> places = new HashMap<>();

  /** The uids of the endpoints that somebody wrote by hand. */
  private Set<String> declared = Set.of();

  /**
   * @param epoch drawn anew at each start of the controller
   */
  public Directory(Loop loop, WorkloadRegistry registry, String epoch) {
    this.loop = loop;
    this.registry = registry;
    this.epoch = epoch;
  }

  public void listen(DirectoryListener listener) {
    listeners.add(listener);
  }

  public String epoch() {
    return epoch;
  }

  public Collection<ServiceView> services() {
    return services.values();
  }

  public Optional<ServiceView> find(ServiceId id) {
    return Optional.ofNullable(services.get(id));
  }

  /**
   * Subscribes a process to a service.
   *
   * @param knownHash the policy hash that it holds; empty if none
   * @return empty if there is no such service
   */
  public Optional<Subscription> subscribe(Subscriber subscriber, ServiceId id, String knownHash) {
    ServiceView view = services.get(id);
    if (view == null) {
      return Optional.empty();
    }
    return Optional.of(view.subscribe(subscriber, knownHash));
  }

  /**
   * An agent holds a snapshot of this service. While the controller is young it then counts as
   * existing, so that the first names it tells do not make callers forget what they call.
   *
   * @return whether this brought the service into being
   */
  public boolean expect(ServiceId id) {
    if (!registry.young() || !Hosts.namesService(id)) {
      return false;
    }
    ServiceView view = services.get(id);
    if (view == null || !view.wasRegisteredAs()) {
      expected.add(id);
    }
    if (view != null) {
      return false;
    }
    create(id);
    return true;
  }

  /** Forgets the services that were expected but did not come; to be called now and then. */
  public void sweep() {
    if (!registry.young()) {
      expected.clear();
      List.copyOf(services.values()).forEach(this::dropIfUnused);
    }
  }

  public void unsubscribe(Subscription subscription) {
    ServiceView view = subscription.view();
    view.unsubscribe(subscription);
    dropIfUnused(view);
  }

  /**
   * Runs the task when every other subscribed process has answered what holds now, at the latest
   * after the given time.
   */
  public void whenConverged(ServiceId id, String exceptUid, long atMostNanos, Runnable task) {
    ServiceView view = services.get(id);
    if (view == null) {
      task.run();
    } else {
      view.whenConverged(exceptUid, task)
          .ifPresent(waiter -> loop.schedule(() -> view.giveUp(waiter), atMostNanos));
    }
  }

  /** Runs the task whenever policy was compiled anew, be it because services came or went. */
  public void whenCompiled(Runnable task) {
    compiled = task;
  }

  /** The policies in force. */
  public Policies policies() {
    return policies;
  }

  /** Which workload serves what, by the policies in force. */
  public Membership membership() {
    return membership;
  }

  /** How far policy has come. */
  public Rollouts rollouts() {
    return rollouts;
  }

  /** From now on this policy holds; whom it concerns is told at once. */
  public void obey(PolicySet set) {
    PolicySet before = policies.set();
    policies = policies.next(set, known());
    for (ServiceId id : policies.declared()) {
      if (!services.containsKey(id)) {
        create(id);
      }
    }
    if (!Membership.same(before, set)) {
      membership = Membership.of(set, membership.addresses());
      replaceEndpoints();
      listeners.forEach(DirectoryListener::regrouped);
      // Whether an entry is told to a namespace may have changed.
      set.all(Kind.SERVICE_ENTRY)
          .forEach(entry -> entry.spec().path("hosts").forEach(host -> renamed(entry, host)));
    }
    List.copyOf(services.values()).forEach(this::dropIfUnused);
    if (namesChanged) {
      // What has just gone counted as known until here.
      policies = policies.next(set, known());
    }
    link();
    flush();
  }

  /** From now on the names that policy gives as addresses stand for these. */
  public void resolved(HostAddresses addresses) {
    membership = Membership.of(policies.set(), addresses);
    replaceEndpoints();
    compiled.run();
    gather();
  }

  private void renamed(Resource entry, JsonNode host) {
    ServiceId id = new ServiceId(entry.key().namespace(), Hosts.canonical(host.asText()));
    if (services.containsKey(id)) {
      listeners.forEach(listener -> listener.appeared(id));
    }
  }

  /** The services by workload, or that are called. */
  private Collection<ServiceId> known() {
    Set<ServiceId> byPolicy = policies.declared();
    return services.values().stream()
        .filter(view -> view.size() > 0 || !byPolicy.contains(view.id()))
        .map(ServiceView::id)
        .toList();
  }

  /** The services by workload, or that are called, as of the last change; for any thread. */
  public Collection<ServiceId> live() {
    return live;
  }

  /** What a caller would be told of a service now; empty if there is no such service. */
  public Optional<ServiceSnapshot> snapshot(ServiceId id, Caller caller) {
    return find(id).map(view -> view.snapshot(Vantage.SAME_HOST, view.policy(caller)));
  }

  /** The names as callers in a namespace know them. */
  public NameTable names(String callerNamespace) {
    List<NamedService> known =
        services.keySet().stream()
            .filter(id -> policies.visible(id, callerNamespace))
            .map(MeshNames::named)
            .toList();
    return NameTable.EMPTY.with(known, List.of());
  }

  /** Compiles what policy now means, and notes for whom it changed. */
  private void link() {
    namesChanged = false;
    live = List.copyOf(known());
    Map<ServiceId, Set<String>> touched = new HashMap<>();
    for (ServiceView view : services.values()) {
      Set<String> uids = view.obey(policies);
      if (!uids.isEmpty()) {
        changed.add(view);
        touched.put(view.id(), uids);
      }
    }
    rollouts.applied(policies.set().version(), touched);
    compiled.run();
  }

  @Override
  public void changed(Optional<Workload> before, Optional<Workload> after) {
    after.ifPresentOrElse(
        this::place, () -> place(before.orElseThrow().uid(), Map.of(), registry.version()));
    gather();
  }

  /** Puts a live workload into the services that it serves, and takes it out of the others. */
  private void place(Workload workload) {
    Map<ServiceId, Endpoint> now = membership.of(workload);
    place(workload.uid(), now, workload.resourceVersion());
    if (now.containsKey(workload.service())) {
      services.get(workload.service()).registeredAs();
      expected.remove(workload.service());
    }
  }

  /** Puts an endpoint into these services, and takes it out of the others. */
  private void place(String uid, Map<ServiceId, Endpoint> now, long version) {
    Set<ServiceId> was = places.getOrDefault(uid, Set.of());
    now.forEach(
        (id, endpoint) -> {
          ServiceView view = services.containsKey(id) ? services.get(id) : create(id);
          if (view.upsert(endpoint, version, loop.now())) {
            changed.add(view);
          }
        });
    for (ServiceId id : was) {
      if (!now.containsKey(id)) {
        ServiceView view = services.get(id);
        view.remove(uid, version, loop.now());
        changed.add(view);
        dropIfUnused(view);
      }
    }
    if (now.isEmpty()) {
      places.remove(uid);
    } else {
      places.put(uid, Set.copyOf(now.keySet()));
    }
  }

  /**
   * Places every endpoint anew, because who serves what is decided otherwise than before. While a
   * name is looked up for the first time, its services keep what they had.
   */
  private void replaceEndpoints() {
    registry.all().forEach(this::place);
    Map<String, Map<ServiceId, Endpoint>> written = new LinkedHashMap<>();
    membership
        .declared()
        .forEach(
            (id, endpoints) ->
                endpoints.forEach(
                    endpoint ->
                        written
                            .computeIfAbsent(endpoint.uid, uid -> new LinkedHashMap<>())
                            .put(id, endpoint)));
    Set<ServiceId> awaited = membership.awaited();
    for (String uid : declared) {
      if (!written.containsKey(uid)) {
        Map<ServiceId, Endpoint> kept = new LinkedHashMap<>();
        for (ServiceId id : places.getOrDefault(uid, Set.of())) {
          if (awaited.contains(id)) {
            find(id).flatMap(view -> view.endpoint(uid)).ifPresent(was -> kept.put(id, was));
          }
        }
        if (kept.isEmpty()) {
          place(uid, Map.of(), registry.version());
        } else {
          written.put(uid, kept);
        }
      }
    }
    written.forEach((uid, now) -> place(uid, now, registry.version()));
    declared = Set.copyOf(written.keySet());
  }

  private ServiceView create(ServiceId id) {
    ServiceView view = new ServiceView(id, epoch, loop.now(), registry.nextVersion(), policies);
    services.put(id, view);
    namesChanged = true;
    listeners.forEach(listener -> listener.appeared(id));
    gather();
    return view;
  }

  private void dropIfUnused(ServiceView view) {
    if (view.size() == 0
        && !outlivesItsWorkloads(view)
        && !policies.declared().contains(view.id())
        && services.remove(view.id(), view)) {
      namesChanged = true;
      registry.nextVersion();
      listeners.forEach(listener -> listener.vanished(view.id()));
      gather();
    }
  }

  /** Whether a service that nobody serves now stays, though policy does not name it. */
  private boolean outlivesItsWorkloads(ServiceView view) {
    ServiceId id = view.id();
    return expected.contains(id)
        || !view.subscriptions().isEmpty()
            && (view.wasRegisteredAs()
                // It may not be ready, or written by a name that stands for nothing at present.
                || registry.all().stream().anyMatch(workload -> workload.service().equals(id))
                || policies.set().in(Kind.WORKLOAD_ENTRY, id.namespace).stream()
                    .anyMatch(entry -> entry.spec().at("/labels/app").asText().equals(id.name)));
  }

  private void gather() {
    if (!gathering) {
      gathering = true;
      loop.schedule(this::flush, TimeUnit.MILLISECONDS.toNanos(GATHER_MILLIS));
    }
  }

  private void flush() {
    gathering = false;
    if (namesChanged) {
      policies = policies.next(policies.set(), known());
      link();
    }
    List<ServiceView> gathered = List.copyOf(changed);
    changed.clear();
    listeners.forEach(listener -> listener.flush(gathered));
  }
}
