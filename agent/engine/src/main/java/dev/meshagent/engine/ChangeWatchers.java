package dev.meshagent.engine;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Those who are told of each change of names and snapshots. They are held weakly, since they belong
 * to clients that the application may forget to close. Thread-safe; told on the thread that brings
 * the change.
 */
final class ChangeWatchers {
  private final List<WeakReference<Runnable>> watchers = new CopyOnWriteArrayList<>();

  void add(Runnable watcher) {
    watchers.add(new WeakReference<>(watcher));
  }

  void remove(Runnable watcher) {
    for (WeakReference<Runnable> each : watchers) {
      if (each.get() == watcher) {
        watchers.remove(each);
      }
    }
  }

  void changed() {
    for (WeakReference<Runnable> each : watchers) {
      Runnable watcher = each.get();
      if (watcher == null) {
        watchers.remove(each);
      } else {
        watcher.run();
      }
    }
  }
}
