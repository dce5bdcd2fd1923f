package dev.meshagent.controller.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** All resources at one moment, by kind, namespace and name. Immutable. */
public final class PolicySet {
  private static final PolicySet EMPTY = new PolicySet(new EnumMap<>(Kind.class), 0);

  private final Map<Kind, SortedMap<ResourceKey, Resource>> kinds;
  private final long version;

  private PolicySet(Map<Kind, SortedMap<ResourceKey, Resource>> kinds, long version) {
    this.kinds = kinds;
    this.version = version;
  }

  public static PolicySet empty() {
    return EMPTY;
  }

  /**
   * @param version of the latest commit among them
   */
  public static PolicySet of(Collection<Resource> resources, long version) {
    Edit edit = new Edit(EMPTY);
    resources.forEach(edit::put);
    return edit.done(version);
  }

  /** The version of the latest commit in it; of a set that is only considered, that of its base. */
  public long version() {
    return version;
  }

  /** The resources of a kind, by namespace and name; not modifiable. */
  public Collection<Resource> all(Kind kind) {
    return of(kind).values();
  }

  /** The resources of a kind in a namespace, by name; not modifiable. */
  public Collection<Resource> in(Kind kind, String namespace) {
    // No name is empty, and none sorts behind every name of the namespace but those of a later one.
    return of(kind)
        .subMap(new ResourceKey(kind, namespace, ""), new ResourceKey(kind, namespace + "\0", ""))
        .values();
  }

  public Optional<Resource> get(ResourceKey key) {
    return Optional.ofNullable(of(key.kind()).get(key));
  }

  public Optional<Resource> get(Kind kind, String namespace, String name) {
    return get(new ResourceKey(kind, namespace, name));
  }

  /** This set after a commit. */
  public PolicySet with(Commit commit) {
    Edit edit = new Edit(this);
    for (Commit.Changed changed : commit.changes()) {
      changed.after().ifPresentOrElse(edit::put, () -> edit.remove(changed.key()));
    }
    return edit.done(commit.version());
  }

  /**
   * This set as it would be after a batch, for those who judge it: what the batch puts has the
   * version that it expects to replace.
   */
  public PolicySet with(Batch batch) {
    Edit edit = new Edit(this);
    for (Batch.Change change : batch.changes()) {
      Optional<ObjectNode> document = change.document();
      if (document.isPresent()) {
        edit.put(new Resource(change.key(), document.get(), change.expected()));
      } else {
        edit.remove(change.key());
      }
    }
    return edit.done(version);
  }

  private SortedMap<ResourceKey, Resource> of(Kind kind) {
    return kinds.getOrDefault(kind, Collections.emptySortedMap());
  }

  /** The next set in the making: copies the maps of those kinds alone that change. */
  private static final class Edit {
    private final Map<Kind, SortedMap<ResourceKey, Resource>> kinds = new EnumMap<>(Kind.class);
    private final Map<Kind, SortedMap<ResourceKey, Resource>> own = new EnumMap<>(Kind.class);

    Edit(PolicySet base) {
      kinds.putAll(base.kinds);
    }

    void put(Resource resource) {
      own(resource.key().kind()).put(resource.key(), resource);
    }

    void remove(ResourceKey key) {
      own(key.kind()).remove(key);
    }

    private SortedMap<ResourceKey, Resource> own(Kind kind) {
      return own.computeIfAbsent(
          kind, k -> new TreeMap<>(kinds.getOrDefault(k, Collections.emptySortedMap())));
    }

    PolicySet done(long version) {
      own.forEach((kind, map) -> kinds.put(kind, Collections.unmodifiableSortedMap(map)));
      return new PolicySet(kinds, version);
    }
  }
}
