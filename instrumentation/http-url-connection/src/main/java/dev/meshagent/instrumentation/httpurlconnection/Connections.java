package dev.meshagent.instrumentation.httpurlconnection;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The library's clients that are connected to endpoints of the mesh, by their identity. They are
 * held weakly: an application may forget one with its response half read, and what it was used for
 * is then released when it has been collected. Thread-safe; takes no monitor.
 */
final class Connections {
  private final ConcurrentHashMap<Object, Entry> entries = new ConcurrentHashMap<>();
  private final ReferenceQueue<Object> collected = new ReferenceQueue<>();

  /** What is known of a client. */
  static final class Entry {
    /** What it is pooled under. */
    final URL poolKey;

    /** What it is used for, or null while it is idle. */
    volatile Hop hop;

    Entry(URL poolKey, Hop hop) {
      this.poolKey = poolKey;
      this.hop = hop;
    }
  }

  /** The client is used for a hop. */
  void used(Object client, URL poolKey, Hop hop) {
    expunge();
    Entry known = of(client);
    if (known == null) {
      entries.put(new Key(client, collected), new Entry(poolKey, hop));
    } else {
      known.hop = hop;
    }
  }

  /** The client is not used for a hop any more. */
  void unused(Object client) {
    Entry entry = of(client);
    if (entry != null) {
      entry.hop = null;
    }
  }

  /** Null for a client that has nothing to do with the mesh. */
  Entry of(Object client) {
    return entries.isEmpty() ? null : entries.get(new Probe(client));
  }

  /** The hop that a client is used for, or null. */
  Hop hop(Object client) {
    Entry entry = of(client);
    return entry == null ? null : entry.hop;
  }

  /** How many clients are used for a hop just now, for tests. */
  int inUse() {
    int used = 0;
    for (Entry entry : entries.values()) {
      if (entry.hop != null) {
        used++;
      }
    }
    return used;
  }

  /** Forgets the clients that were collected. */
  void expunge() {
    for (Reference<?> gone = collected.poll(); gone != null; gone = collected.poll()) {
      Entry entry = entries.remove(gone);
      Hop hop = entry == null ? null : entry.hop;
      if (hop != null) {
        hop.givenUp();
      }
    }
  }

  private static final class Key extends WeakReference<Object> {
    private final int hash;

    Key(Object client, ReferenceQueue<Object> collected) {
      super(client, collected);
      this.hash = System.identityHashCode(client);
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  /** Finds the key of a client. */
  private static final class Probe {
    private final Object client;

    Probe(Object client) {
      this.client = client;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key && ((Key) other).get() == client;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(client);
    }
  }
}
