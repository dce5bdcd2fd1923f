package dev.meshagent.runtime.registration;

import java.net.InetSocketAddress;

/** One server socket that takes connections. Immutable. */
public final class Listener {
  /** Where it is bound; a wildcard address means every address of the host. */
  public final InetSocketAddress local;

  /** Sockets are ordered by their first accept. */
  final long order;

  /** False for a socket that is known but never to be offered. */
  final boolean counts;

  Listener(InetSocketAddress local, long order, boolean counts) {
    this.local = local;
    this.order = order;
    this.counts = counts;
  }
}
