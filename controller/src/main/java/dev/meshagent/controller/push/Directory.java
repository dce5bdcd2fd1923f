package dev.meshagent.controller.push;

import dev.meshagent.controller.loop.Loop;
import dev.meshagent.controller.registry.RegistryListener;
import dev.meshagent.controller.registry.Workload;
import dev.meshagent.controller.registry.WorkloadRegistry;
import dev.meshagent.engine.snapshot.ServiceId;
import java.util.Collection;
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
 * <p>A service exists from its first workload on and for as long as it has a workload or a
 * subscriber: a caller of a service that has just died is to be told "no endpoint left", not
 * "unknown host". For one lease after the controller's start a subscription, too, brings a service
 * into being, since its workloads may merely not have come back yet.
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
  private final List<DirectoryListener> listeners = new CopyOnWriteArrayList<>();

  private final Set<ServiceView> changed = new LinkedHashSet<>();
  private boolean gathering;

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
   * @param vantage where the process is
   * @param knownHash the policy hash that it holds; empty if none
   * @return empty if there is no such service
   */
  public Optional<Subscription> subscribe(
      String uid, ServiceId id, Vantage vantage, String knownHash) {
    ServiceView view = services.get(id);
    if (view == null) {
      return Optional.empty();
    }
    Subscription subscription = new Subscription(view, uid, vantage, knownHash);
    view.subscriptions().add(subscription);
    return Optional.of(subscription);
  }

  /**
   * An agent holds or wants this service. While the controller is young it then counts as existing,
   * so that the first names it tells do not make callers forget what they call.
   *
   * @return whether this brought the service into being
   */
  public boolean expect(ServiceId id) {
    if (!registry.young() || services.containsKey(id)) {
      return false;
    }
    create(id);
    return true;
  }

  /** Forgets the services that were expected but did not come; to be called now and then. */
  public void sweep() {
    if (!registry.young()) {
      List.copyOf(services.values()).forEach(this::dropIfUnused);
    }
  }

  public void unsubscribe(Subscription subscription) {
    ServiceView view = subscription.view();
    view.subscriptions().remove(subscription);
    view.answersChanged();
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

  @Override
  public void changed(Optional<Workload> before, Optional<Workload> after) {
    ServiceId id = after.or(() -> before).orElseThrow().service();
    ServiceView view = services.get(id);
    if (view == null) {
      view = create(id);
    }
    if (after.isPresent()) {
      view.upsert(after.get().endpoint(), after.get().resourceVersion(), loop.now());
    } else {
      view.remove(before.orElseThrow().uid(), registry.version(), loop.now());
    }
    changed.add(view);
    gather();
    dropIfUnused(view);
  }

  private ServiceView create(ServiceId id) {
    ServiceView view = new ServiceView(id, epoch, loop.now(), registry.nextVersion());
    services.put(id, view);
    listeners.forEach(listener -> listener.appeared(id));
    gather();
    return view;
  }

  private void dropIfUnused(ServiceView view) {
    if (view.endpoints().isEmpty()
        && view.subscriptions().isEmpty()
        && services.remove(view.id(), view)) {
      registry.nextVersion();
      listeners.forEach(listener -> listener.vanished(view.id()));
      gather();
    }
  }

  private void gather() {
    if (!gathering) {
      gathering = true;
      loop.schedule(this::flush, TimeUnit.MILLISECONDS.toNanos(GATHER_MILLIS));
    }
  }

  private void flush() {
    gathering = false;
    List<ServiceView> gathered = List.copyOf(changed);
    changed.clear();
    listeners.forEach(listener -> listener.flush(gathered));
  }
}
