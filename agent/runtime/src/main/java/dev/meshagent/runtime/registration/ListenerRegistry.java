package dev.meshagent.runtime.registration;

import dev.meshagent.spi.Listeners;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The server sockets of this process that take connections, as instrumentation tells of them.
 * Sockets are keyed by identity and held weakly, so that one which is dropped without being closed
 * disappears as well. Thread-safe, without locks: it is called from the application's accept loops.
 */
public final class ListenerRegistry implements Listeners {
  private static final Comparator<Listener> BY_ORDER =
      new Comparator<Listener>() {
        @Override
        public int compare(Listener one, Listener other) {
          return Long.compare(one.order, other.order);
        }
      };

  private final ConcurrentMap<Object, Listener> listeners = new ConcurrentHashMap<>();
  private final ConcurrentMap<Integer, String> protocols = new ConcurrentHashMap<>();
  private final ReferenceQueue<Object> dropped = new ReferenceQueue<>();
  private final AtomicLong order = new AtomicLong();
  private final OwnSockets ownSockets;
  private final Runnable onChange;

  /**
   * @param onChange run after each change, on the thread that made it; must be short
   */
  public ListenerRegistry(Runnable onChange) {
    this(new OwnSockets(), onChange);
  }

  ListenerRegistry(OwnSockets ownSockets, Runnable onChange) {
    this.ownSockets = ownSockets;
    this.onChange = onChange;
  }

  @Override
  public boolean knows(Object socket) {
    return listeners.containsKey(new Probe(socket));
  }

  @Override
  public void accepting(Object socket, InetSocketAddress local) {
    if (local.getPort() <= 0 || local.getAddress() == null || knows(socket)) {
      return;
    }
    boolean counts = !ownSockets.acceptsHere(Thread.currentThread());
    Listener listener = new Listener(local, order.getAndIncrement(), counts);
    if (listeners.putIfAbsent(new Key(socket, dropped), listener) == null && counts) {
      onChange.run();
    }
  }

  @Override
  public void closed(Object socket) {
    Listener listener = listeners.remove(new Probe(socket));
    if (listener != null) {
      gone(listener);
    }
  }

  @Override
  public void serves(InetSocketAddress local, String protocol) {
    if (local != null && !protocol.equals(protocols.put(local.getPort(), protocol))) {
      onChange.run();
    }
  }

  /** Forgets sockets that were dropped without being closed. Called once a second. */
  public void expunge() {
    for (Reference<?> key = dropped.poll(); key != null; key = dropped.poll()) {
      Listener listener = listeners.remove(key);
      if (listener != null) {
        gone(listener);
      }
    }
  }

  /** The sockets that count, in the order of their first accept. */
  public List<Listener> accepting() {
    List<Listener> accepting = new ArrayList<>();
    for (Listener listener : listeners.values()) {
      if (listener.counts) {
        accepting.add(listener);
      }
    }
    Collections.sort(accepting, BY_ORDER);
    return accepting;
  }

  /** What a server library said of ports: port number to protocol. A live, unmodifiable view. */
  public Map<Integer, String> protocols() {
    return Collections.unmodifiableMap(protocols);
  }

  private void gone(Listener listener) {
    int port = listener.local.getPort();
    boolean shared = false;
    for (Listener other : listeners.values()) {
      shared |= other.local.getPort() == port;
    }
    if (!shared) {
      protocols.remove(port);
    }
    if (listener.counts) {
      onChange.run();
    }
  }

  /** A key that holds its socket weakly and is equal to itself and to a probe for that socket. */
  private static final class Key extends WeakReference<Object> {
    private final int hash;

    Key(Object socket, ReferenceQueue<Object> queue) {
      super(socket, queue);
      this.hash = System.identityHashCode(socket);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(Object other) {
      if (this == other) {
        return true;
      }
      Object socket = get();
      if (socket == null) {
        return false;
      }
      return other instanceof Probe
          ? ((Probe) other).socket == socket
          : other instanceof Key && ((Key) other).get() == socket;
    }
  }

  /** What a socket is looked up by; lives for the look-up only. */
  private static final class Probe {
    private final Object socket;

    Probe(Object socket) {
      this.socket = socket;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(socket);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key && ((Key) other).get() == socket;
    }
  }
}
