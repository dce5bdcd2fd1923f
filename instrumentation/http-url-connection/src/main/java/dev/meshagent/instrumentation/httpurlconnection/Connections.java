package dev.meshagent.instrumentation.httpurlconnection;

import dev.meshagent.spi.drive.Recent;
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

  /** Some of the entries, which are found here without a key: each call asks several times. */
  private final Recent<Entry> recent = new Recent<>();

  /** What is known of a client. It is its own key. */
  static final class Entry extends WeakReference<Object> {
    private final int hash;

    /** What it is pooled under. */
    final URL poolKey;

    /** What it is used for, or null while it is idle. */
    volatile Hop hop;

    Entry(Object client, ReferenceQueue<Object> collected, URL poolKey, Hop hop) {
      super(client, collected);
      this.hash = System.identityHashCode(client);
      this.poolKey = poolKey;
      this.hop = hop;
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

  /** The client is used for a hop. */
  void used(Object client, URL poolKey, Hop hop) {
    expunge();
    Entry known = of(client);
    if (known == null) {
      Entry entry = new Entry(client, collected, poolKey, hop);
      entries.put(entry, entry);
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
    int hash = System.identityHashCode(client);
    Entry last = recent.get(hash);
    if (last != null && last.get() == client) {
      return last;
    }
    Entry entry = entries.get(new Probe(client, hash));
    if (entry != null) {
      recent.keep(hash, entry);
    }
    return entry;
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
        entry.hop = null;
      }
    }
  }

  /** Finds the entry of a client. */
  private static final class Probe {
    private final Object client;
    private final int hash;

    Probe(Object client, int hash) {
      this.client = client;
      this.hash = hash;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Entry && ((Entry) other).get() == client;
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }
}
