package dev.meshagent.contract.server;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What the servers of one park saw, by the keys of the requests. Thread-safe. */
final class Ledger {
  /** Less than the longest delay that a behaviour asks for: an answer breaks nothing off. */
  private static final long PATIENCE_SECONDS = 20;

  private final Map<String, Integer> seen = new HashMap<>();
  private final Map<String, Integer> brokenOff = new HashMap<>();

  /**
   * @return how many requests with that key there are by now
   */
  synchronized int saw(String key) {
    int count = key == null ? 1 : seen.merge(key, 1, Integer::sum);
    notifyAll();
    return count;
  }

  /** Its caller went away before the response was through. */
  synchronized void brokeOff(String key) {
    if (key != null) {
      brokenOff.merge(key, 1, Integer::sum);
      notifyAll();
    }
  }

  synchronized int seen(String key) {
    return seen.getOrDefault(key, 0);
  }

  /** Waits until there is one. */
  synchronized int awaitSeen(String key) throws InterruptedException {
    return await(seen, key);
  }

  /** Waits until there is one. */
  synchronized int awaitBrokenOff(String key) throws InterruptedException {
    return await(brokenOff, key);
  }

  private int await(Map<String, Integer> counts, String key) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    for (long left = 1; !counts.containsKey(key) && left > 0; left = deadline - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, Math.max(1_000_000, left));
    }
    return counts.getOrDefault(key, 0);
  }
}
