package dev.meshagent.controller.catalog;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.policy.StatusBoard;
import dev.meshagent.controller.registry.ResourceVersions;
import dev.meshagent.controller.store.Commit;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.controller.store.ResourceKey;
import dev.meshagent.controller.store.ResourceStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Every resource as readers see it, and the latest changes in the order of their versions: what was
 * written, what live workloads make, and what the controller says of it.
 *
 * <p>While a commit is on its way to the disk its version is drawn already, so what changes in the
 * meantime waits for it: a reader that has seen a version has seen all before it. Thread-safe;
 * listeners are called in order, under the lock, and have to hand on quickly.
 */
public final class Catalog implements StatusBoard {
  /** How many changes a watch may lag behind, or a list be continued after. */
  static final int KEPT = 4096;

  private final ResourceVersions versions;
  private final Map<Kind, TreeMap<ResourceKey, Layers>> kinds = new EnumMap<>(Kind.class);
  private final Deque<Event> events = new ArrayDeque<>();
  private final Queue<Change> waiting = new ArrayDeque<>();
  private final List<Consumer<Event>> listeners = new CopyOnWriteArrayList<>();
  private long version;

  /** Since which version every event is known. */
  private long since;

  /** A change of what is not written; whether it changes anything is known when its turn comes. */
  private interface Change {
    boolean make(Layers layers);

    ResourceKey key();
  }

  private record Live(ResourceKey key, ObjectNode document) implements Change {
    @Override
    public boolean make(Layers layers) {
      if (Objects.equals(layers.live, document)) {
        return false;
      }
      layers.live = document;
      return true;
    }
  }

  private record Status(ResourceKey key, ObjectNode document) implements Change {
    @Override
    public boolean make(Layers layers) {
      ObjectNode fresh = document.isEmpty() ? null : document;
      if (Objects.equals(layers.status, fresh)) {
        return false;
      }
      layers.status = fresh;
      return layers.stored != null;
    }
  }

  /** Shows what the store holds, and follows it. */
  public Catalog(ResourceStore store, ResourceVersions versions) {
    this.versions = versions;
    for (Kind kind : Kind.values()) {
      kinds.put(kind, new TreeMap<>());
    }
    version = Math.max(store.version(), versions.getAsLong());
    since = version;
    store.watch(all -> all.forEach(this::load), this::committed);
    versions.whenSettled(this::drain);
  }

  private void load(Resource resource) {
    Layers layers = layers(resource.key());
    layers.stored = resource;
    layers.shown = layers.show(resource.key(), resource.version()).orElseThrow();
  }

  private Layers layers(ResourceKey key) {
    return kinds.get(key.kind()).computeIfAbsent(key, k -> new Layers());
  }

  private synchronized void committed(Commit commit) {
    for (Commit.Changed changed : commit.changes()) {
      Layers layers = layers(changed.key());
      layers.stored = changed.after().orElse(null);
      if (layers.stored == null) {
        layers.status = null;
      }
      show(changed.key(), layers, commit.version());
    }
  }

  /**
   * A resource that live workloads make is so from now on.
   *
   * @param document whole but for its resource version; null if it is gone. Not to be changed
   *     afterwards
   */
  public synchronized void live(ResourceKey key, ObjectNode document) {
    waiting.add(new Live(key, document));
    drain();
  }

  @Override
  public synchronized void publish(Map<ResourceKey, ObjectNode> statuses) {
    statuses.forEach((key, status) -> waiting.add(new Status(key, status.deepCopy())));
    drain();
  }

  private synchronized void drain() {
    while (!waiting.isEmpty()) {
      OptionalLong drawn = versions.drawIfSettled();
      if (drawn.isEmpty()) {
        return;
      }
      Change change = waiting.remove();
      Layers layers = layers(change.key());
      if (change.make(layers)) {
        show(change.key(), layers, drawn.getAsLong());
      } else if (layers.shown == null) {
        forgetIfNothing(change.key(), layers);
      }
    }
  }

  private void show(ResourceKey key, Layers layers, long at) {
    Resource before = layers.shown;
    Optional<Resource> after = layers.show(key, at);
    layers.shown = after.orElse(null);
    version = at;
    forgetIfNothing(key, layers);
    if (before == null && after.isEmpty()) {
      return;
    }
    Event event = new Event(at, key, Optional.ofNullable(before), after);
    events.add(event);
    if (events.size() > KEPT) {
      since = events.remove().version();
    }
    listeners.forEach(listener -> listener.accept(event));
  }

  private void forgetIfNothing(ResourceKey key, Layers layers) {
    if (layers.stored == null && layers.live == null && layers.shown == null) {
      kinds.get(key.kind()).remove(key);
    }
  }

  /** As it is shown. */
  public synchronized Optional<Resource> get(ResourceKey key) {
    return Optional.ofNullable(kinds.get(key.kind()).get(key)).map(layers -> layers.shown);
  }

  /** Whether live workloads make it and nobody wrote it. */
  public synchronized boolean onlyLives(ResourceKey key) {
    Layers layers = kinds.get(key.kind()).get(key);
    return layers != null && layers.stored == null && layers.live != null;
  }

  public synchronized Listing list(Kind kind) {
    List<Resource> items = new ArrayList<>();
    kinds.get(kind).values().forEach(layers -> items.add(layers.shown));
    items.removeIf(Objects::isNull);
    return new Listing(version, items);
  }

  /**
   * As it was shown at a version.
   *
   * @throws Gone if that is too long ago
   */
  public synchronized Listing list(Kind kind, long at) throws Gone {
    if (at < since) {
      throw new Gone(at, since);
    }
    TreeMap<ResourceKey, Resource> items = new TreeMap<>();
    kinds.get(kind).forEach((key, layers) -> items.put(key, layers.shown));
    Iterator<Event> backwards = events.descendingIterator();
    while (backwards.hasNext()) {
      Event event = backwards.next();
      if (event.version() <= at) {
        break;
      }
      if (event.key().kind() == kind) {
        event
            .before()
            .ifPresentOrElse(r -> items.put(event.key(), r), () -> items.remove(event.key()));
      }
    }
    items.values().removeIf(Objects::isNull);
    return new Listing(at, List.copyOf(items.values()));
  }

  /** The version of the latest change. */
  public synchronized long version() {
    return version;
  }

  /**
   * Tells of every change after a version, in order, first those that have been.
   *
   * @return ends it when run
   * @throws Gone if the version is too long ago
   */
  public synchronized Runnable watch(long from, Consumer<Event> listener) throws Gone {
    if (from < since) {
      throw new Gone(from, since);
    }
    for (Event event : events) {
      if (event.version() > from) {
        listener.accept(event);
      }
    }
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /**
   * Hands over what is shown now and tells of every change after it, in order.
   *
   * @return ends it when run
   */
  public synchronized Runnable watchFromNow(
      Kind kind, Consumer<Listing> start, Consumer<Event> listener) {
    start.accept(list(kind));
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }
}
