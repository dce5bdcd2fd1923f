package dev.meshagent.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * Those who wait for one event, woken all at once when it comes. Off the usual path of a call, so a
 * lock is fine; the wakes themselves run outside of it.
 */
final class Wakeups {
  private List<Runnable> waiting = new ArrayList<>();

  /** Registers a wake; the caller checks afterwards whether the event has come meanwhile. */
  synchronized void add(Runnable wake) {
    waiting.add(wake);
  }

  /** Runs every registered wake once, on this thread. */
  void wakeAll() {
    List<Runnable> woken;
    synchronized (this) {
      if (waiting.isEmpty()) {
        return;
      }
      woken = waiting;
      waiting = new ArrayList<>();
    }
    for (Runnable wake : woken) {
      wake.run();
    }
  }
}
