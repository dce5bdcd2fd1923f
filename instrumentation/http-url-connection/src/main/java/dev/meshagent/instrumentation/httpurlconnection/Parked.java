package dev.meshagent.instrumentation.httpurlconnection;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The hops with a part under way, by the connection that the application holds, for an application
 * that disconnects one before it has a client. Each call is here twice, so that a place of its own
 * spares the garbage that a map makes; those whose place is taken have a map. Thread-safe; takes no
 * monitor.
 */
final class Parked {
  /** A power of two. */
  private static final int PLACES = 256;

  private final AtomicReferenceArray<Hop> places = new AtomicReferenceArray<>(PLACES);

  /** By connections, whose class is the JDK's and keeps to identity. */
  private final ConcurrentHashMap<Object, Hop> others = new ConcurrentHashMap<>();

  void begins(Hop hop, Object connection) {
    if (!places.compareAndSet(place(connection), null, hop)) {
      others.put(connection, hop);
    }
  }

  void ends(Hop hop, Object connection) {
    if (!places.compareAndSet(place(connection), hop, null)) {
      others.remove(connection);
    }
  }

  /** The hop that a connection waits for, or null. */
  Hop of(Object connection) {
    Hop hop = places.get(place(connection));
    return hop != null && hop.waitsFor(connection) ? hop : others.get(connection);
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
