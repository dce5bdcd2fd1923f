package dev.meshagent.controller.store.journal;

import dev.meshagent.controller.store.Commit;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.controller.store.StoreFailure;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Remembers the latest commits for as long as the process lives, and makes nothing durable. */
public final class MemoryJournal implements Journal {
  private final Deque<Commit> latest = new ArrayDeque<>();

  @Override
  public List<Resource> load() {
    return List.of();
  }

  @Override
  public long version() {
    return 0;
  }

  @Override
  public synchronized void append(Commit commit) {
    latest.addFirst(commit);
    if (latest.size() > REMEMBERED) {
      latest.removeLast();
    }
  }

  @Override
  public synchronized List<Commit> latest() {
    return List.copyOf(latest);
  }

  @Override
  public void copyTo(Path file) throws StoreFailure {
    throw new StoreFailure(
        "this controller keeps nothing that could be copied; start it with --data", null);
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
