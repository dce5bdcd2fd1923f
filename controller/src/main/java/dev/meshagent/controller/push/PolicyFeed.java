package dev.meshagent.controller.push;

import dev.meshagent.controller.loop.Loop;
import dev.meshagent.controller.store.Commit;
import dev.meshagent.controller.store.CommitListener;
import dev.meshagent.controller.store.PolicySet;
import dev.meshagent.controller.store.Resource;
import java.util.Collection;
import java.util.concurrent.TimeUnit;

/**
 * Brings what is committed to the directory, bursts as one: {@value #QUIET_MILLIS} ms after the
 * last commit, and never later than {@value #LATEST_MILLIS} ms after the first. Commits may come
 * from any thread.
 */
public final class PolicyFeed implements CommitListener {
  private static final long QUIET_MILLIS = 20;
  private static final long LATEST_MILLIS = 200;

  private final Loop loop;
  private final Directory directory;

  /** All of these belong to the loop. */
  private PolicySet latest = PolicySet.empty();

  private boolean waiting;
  private long firstNanos;
  private long lastNanos;

  public PolicyFeed(Loop loop, Directory directory) {
    this.loop = loop;
    this.directory = directory;
  }

  /** Begins with what there is; it holds at once. */
  public void start(Collection<Resource> resources, long version) {
    PolicySet set = PolicySet.of(resources, version);
    loop.execute(
        () -> {
          latest = set;
          directory.obey(set);
        });
  }

  @Override
  public void committed(Commit commit) {
    loop.execute(() -> note(commit));
  }

  private void note(Commit commit) {
    latest = latest.with(commit);
    lastNanos = loop.nanos();
    if (!waiting) {
      waiting = true;
      firstNanos = lastNanos;
      loop.schedule(this::obeyIfQuiet, millis(QUIET_MILLIS));
    }
  }

  private void obeyIfQuiet() {
    long now = loop.nanos();
    long left =
        Math.min(lastNanos + millis(QUIET_MILLIS) - now, firstNanos + millis(LATEST_MILLIS) - now);
    if (left > 0) {
      loop.schedule(this::obeyIfQuiet, left);
    } else {
      waiting = false;
      directory.obey(latest);
    }
  }

  private static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
