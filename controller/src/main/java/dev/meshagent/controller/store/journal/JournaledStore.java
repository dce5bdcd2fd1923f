package dev.meshagent.controller.store.journal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.store.Batch;
import dev.meshagent.controller.store.Commit;
import dev.meshagent.controller.store.CommitListener;
import dev.meshagent.controller.store.CommitVersions;
import dev.meshagent.controller.store.Conflict;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.store.PolicySet;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.controller.store.ResourceKey;
import dev.meshagent.controller.store.ResourceStore;
import dev.meshagent.controller.store.StoreFailure;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Keeps all resources in memory, so that reading never waits for a disk, and has each commit
 * written to a journal before it counts.
 *
 * <p>Reading takes no lock; commits happen one after the other.
 */
public final class JournaledStore implements ResourceStore {
  private final Journal journal;
  private final CommitVersions versions;
  private final Supplier<Instant> clock;
  private final List<CommitListener> listeners = new CopyOnWriteArrayList<>();
  private volatile PolicySet current;

  /**
   * @param versions where resource versions come from; larger than all in the journal
   * @throws StoreFailure if the journal cannot be read
   */
  public JournaledStore(Journal journal, CommitVersions versions, Supplier<Instant> clock)
      throws StoreFailure {
    this.journal = journal;
    this.versions = versions;
    this.clock = clock;
    this.current = PolicySet.of(journal.load(), journal.version());
  }

  /** All resources as they stand. */
  public PolicySet current() {
    return current;
  }

  @Override
  public long version() {
    return current.version();
  }

  @Override
  public List<Resource> list(Kind kind, Optional<String> namespace) {
    PolicySet set = current;
    return List.copyOf(namespace.map(ns -> set.in(kind, ns)).orElseGet(() -> set.all(kind)));
  }

  @Override
  public Optional<Resource> get(ResourceKey key) {
    return current.get(key);
  }

  @Override
  public synchronized Commit commit(Batch batch) throws Conflict, StoreFailure {
    PolicySet before = current;
    for (Batch.Change change : batch.changes()) {
      long actual = before.get(change.key()).map(Resource::version).orElse(Batch.ABSENT);
      if (actual != change.expected()) {
        throw new Conflict(change.key(), change.expected(), actual);
      }
    }
    long version = versions.begin();
    try {
      return commit(batch, before, version);
    } finally {
      versions.end();
    }
  }

  private Commit commit(Batch batch, PolicySet before, long version) throws StoreFailure {
    List<Commit.Changed> changes = new ArrayList<>();
    for (Batch.Change change : batch.changes()) {
      changes.add(
          new Commit.Changed(
              change.key(),
              before.get(change.key()),
              change.document().map(document -> resource(change.key(), document, version))));
    }
    Commit commit = new Commit(version, clock.get(), batch.author(), batch.action(), changes);
    journal.append(commit);
    current = before.with(commit);
    listeners.forEach(listener -> listener.committed(commit));
    return commit;
  }

  /** The latest commits, the last first; may read from the disk. */
  public List<Commit> latest() throws StoreFailure {
    return journal.latest();
  }

  /**
   * Writes all that is kept, as it stands between two commits, into a file.
   *
   * @param file that does not exist yet
   */
  public void copyTo(Path file) throws StoreFailure {
    journal.copyTo(file);
  }

  private static Resource resource(ResourceKey key, ObjectNode document, long version) {
    ObjectNode own = document.deepCopy();
    own.withObject("/metadata").put("resourceVersion", Long.toString(version));
    return new Resource(key, own, version);
  }

  @Override
  public synchronized Watch watch(Consumer<List<Resource>> start, CommitListener listener) {
    PolicySet set = current;
    start.accept(Arrays.stream(Kind.values()).flatMap(kind -> set.all(kind).stream()).toList());
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  @Override
  public synchronized void close() {
    journal.close();
  }
}
