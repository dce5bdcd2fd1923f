package dev.meshagent.spi;

import java.net.InetSocketAddress;

/**
 * Told by server-side instrumentation which sockets take connections. A socket counts from its
 * first accept, or its registration for accept, until it is closed. Thread-safe; never throws;
 * never blocks.
 */
public interface Listeners {
  /**
   * True if the socket was told before and nothing needs to be told again. For accept loops: one
   * look-up, no lock.
   */
  boolean knows(Object socket);

  /**
   * The socket takes connections from now on. Telling it again is free.
   *
   * @param socket the socket or channel; only its identity is used, and it is held weakly
   * @param local the address that it is bound to
   */
  void accepting(Object socket, InetSocketAddress local);

  /** The socket was closed; one that was never accepting is ignored. */
  void closed(Object socket);

  /** What a server library says of the port it serves: such a port is preferred as the primary. */
  void serves(InetSocketAddress local, String protocol);
}
