package dev.meshagent.controller.store.journal;

import dev.meshagent.controller.store.Commit;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.controller.store.StoreFailure;
import java.nio.file.Path;
import java.util.List;

/** Where commits are made durable, and the latest of them remembered. Thread-safe. */
public interface Journal extends AutoCloseable {
  /** Commits that are remembered, beside the resources themselves. */
  int REMEMBERED = 500;

  /** All resources after the last commit that was appended. */
  List<Resource> load() throws StoreFailure;

  /** The version of the last commit that was appended; 0 before the first. */
  long version() throws StoreFailure;

  /**
   * Returns when the commit will outlive a crash of the machine.
   *
   * @throws StoreFailure if that cannot be had; then nothing of it is kept
   */
  void append(Commit commit) throws StoreFailure;

  /** The latest commits, at most {@value #REMEMBERED}, the last first. */
  List<Commit> latest() throws StoreFailure;

  /**
   * Writes all of it, as it stands between two commits, into a file of its own that can take the
   * journal's place. Commits wait meanwhile.
   *
   * @param file that does not exist yet
   * @throws StoreFailure if it cannot be written; then a part of it may be there
   */
  void copyTo(Path file) throws StoreFailure;

  @Override
  void close();
}
