package dev.meshagent.instrumentation.httpurlconnection;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The parts of hops that are under way, by the connection that the application holds, for an
 * application that disconnects one before it has a client. Each call is here twice, so that a place
 * of its own spares the garbage that a map makes; those whose place is taken have a map.
 * Thread-safe; takes no monitor.
 */
final class Parked {
  /** A power of two. */
  private static final int PLACES = 256;

  private final AtomicReferenceArray<Drive> places = new AtomicReferenceArray<>(PLACES);

  /** By connections, whose class is the JDK's and keeps to identity. */
  private final ConcurrentHashMap<Object, Drive> others = new ConcurrentHashMap<>();

  void begins(Drive part) {
    if (!places.compareAndSet(place(part.from), null, part)) {
      others.put(part.from, part);
    }
  }

  void ends(Drive part) {
    if (!places.compareAndSet(place(part.from), part, null)) {
      others.remove(part.from);
    }
  }

  /** The hop that a connection waits for, or null. */
  Hop of(Object connection) {
    Drive part = places.get(place(connection));
    if (part == null || part.from != connection) {
      part = others.get(connection);
    }
    return part == null ? null : part.hop;
  }

  /** How many there are; while none begins or ends, for tests. */
  int size() {
    int size = others.size();
    for (int place = 0; place < places.length(); place++) {
      size += places.get(place) == null ? 0 : 1;
    }
    return size;
  }

  private static int place(Object connection) {
    return System.identityHashCode(connection) & PLACES - 1;
  }
}
