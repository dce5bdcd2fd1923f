package dev.meshagent.controller.store;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Keeps resources: read at any time, changed in atomic batches by compare-and-set, each durable
 * before it counts.
 *
 * <p>All methods may be called from any thread; {@link #commit} may block for as long as the disk
 * takes.
 */
public interface ResourceStore extends AutoCloseable {
  /** The version of the latest commit; 0 before the first. */
  long version();

  /**
   * The resources of a kind, by namespace and name.
   *
   * @param namespace empty for all of them
   */
  List<Resource> list(Kind kind, Optional<String> namespace);

  Optional<Resource> get(ResourceKey key);

  /**
   * Changes all or nothing, and returns when it is durable and every listener was told.
   *
   * @throws Conflict if a resource is not at the version expected
   * @throws StoreFailure if it cannot be made durable
   */
  Commit commit(Batch batch) throws Conflict, StoreFailure;

  /**
   * Hands over all resources as they stand, and from then on tells of every commit after them, none
   * left out and none told twice.
   *
   * @param start called once, before this returns
   * @return ends it when closed
   */
  Watch watch(Consumer<List<Resource>> start, CommitListener listener);

  @Override
  void close();

  /** An ongoing {@link #watch}. */
  interface Watch extends AutoCloseable {
    @Override
    void close();
  }
}
