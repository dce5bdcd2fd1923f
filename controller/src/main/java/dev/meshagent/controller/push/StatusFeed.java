package dev.meshagent.controller.push;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.compile.Policies;
import dev.meshagent.controller.compile.Statuses;
import dev.meshagent.controller.loop.Loop;
import dev.meshagent.controller.names.HostAddresses;
import dev.meshagent.controller.policy.StatusBoard;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.controller.store.ResourceKey;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Keeps what is shown of resources in step with policy and with the agents' answers: at most every
 * {@value #EVERY_MILLIS} ms, and only while something may have changed: where answers are awaited
 * and none comes, ever more rarely. What costs time is done by the given executor, not on the loop.
 */
public final class StatusFeed {
  private static final long EVERY_MILLIS = 100;
  private static final long SELDOM_MILLIS = 3_200;

  private final Loop loop;
  private final Directory directory;
  private final StatusBoard board;
  private final Executor aside;
  private final Statuses statuses = new Statuses();

  /** These belong to the loop. */
  private boolean waiting;

  /** The look at what agents answered meanwhile that is to come; another one makes it void. */
  private Object awaited = new Object();

  private long pauseMillis = EVERY_MILLIS;
  private Map<Long, Rollouts.Progress> last = Map.of();

  private Policies told;
  private HostAddresses toldNames = HostAddresses.NONE;
  private boolean allConverged;

  /** Where everybody has taken it: there it stays so until policy changes. */
  private final Map<Long, Rollouts.Progress> converged = new HashMap<>();

  /**
   * @param aside runs one task at a time
   */
  StatusFeed(Loop loop, Directory directory, StatusBoard board, Executor aside) {
    this.loop = loop;
    this.directory = directory;
    this.board = board;
    this.aside = aside;
  }

  /** With a thread of its own, which is there only while there is something to do. */
  public static StatusFeed to(StatusBoard board, Loop loop, Directory directory) {
    ThreadPoolExecutor aside =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "mesh-controller-status");
              thread.setDaemon(true);
              return thread;
            });
    aside.allowCoreThreadTimeOut(true);
    return new StatusFeed(loop, directory, board, aside);
  }

  /** Something may have changed; on the loop. */
  public void changed() {
    if (!waiting) {
      waiting = true;
      loop.schedule(
          () -> {
            waiting = false;
            look();
          },
          TimeUnit.MILLISECONDS.toNanos(EVERY_MILLIS));
    }
  }

  /** Agents answer without anybody's telling this. */
  private void lookAgain() {
    Object mine = new Object();
    awaited = mine;
    loop.schedule(
        () -> {
          if (awaited == mine) {
            look();
          }
        },
        TimeUnit.MILLISECONDS.toNanos(pauseMillis));
  }

  private void look() {
    Policies now = directory.policies();
    HostAddresses names = directory.membership().addresses();
    if (now == told && names.equals(toldNames) && allConverged) {
      return;
    }
    boolean same = now == told && names.equals(toldNames);
    if (now != told) {
      converged.clear();
    }
    told = now;
    toldNames = names;
    Map<Long, Rollouts.Progress> progress = new HashMap<>(converged);
    for (Kind kind : Kind.values()) {
      for (Resource resource : now.set().all(kind)) {
        progress.computeIfAbsent(resource.version(), directory.rollouts()::of);
      }
    }
    progress.values().stream()
        .filter(Rollouts.Progress::converged)
        .forEach(of -> converged.put(of.version(), of));
    allConverged = converged.size() == progress.size();
    if (same && progress.equals(last)) {
      pauseMillis = Math.min(2 * pauseMillis, SELDOM_MILLIS);
    } else {
      pauseMillis = EVERY_MILLIS;
      last = Map.copyOf(progress);
      aside.execute(() -> publish(now, names, progress));
    }
    if (!allConverged) {
      lookAgain();
    }
  }

  private void publish(
      Policies policies, HostAddresses names, Map<Long, Rollouts.Progress> progress) {
    Statuses.Convergence convergence =
        new Statuses.Convergence() {
          @Override
          public String text(long version) {
            Rollouts.Progress of = progress.get(version);
            return of.acked()
                + " of "
                + of.concerned()
                + " agents have taken version "
                + version
                + (of.refused().isEmpty()
                    ? "."
                    : "; "
                        + of.refused().get(0).uid()
                        + " refused it: "
                        + of.refused().get(0).error());
          }

          @Override
          public boolean converged(long version) {
            return progress.get(version).converged();
          }
        };
    Map<ResourceKey, ObjectNode> all = statuses.of(policies, names, convergence, loop.now());
    board.publish(all);
  }
}
