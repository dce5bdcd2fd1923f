package dev.meshagent.instrumentation.jdkhttpclient;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The endpoint that an attempt goes to, under the host name that the application wrote: the client
 * takes SNI and the name to check from it. Being a class of its own tells a pooled connection of
 * the mesh from any other.
 */
final class PinnedAddress extends InetSocketAddress {
  private static final long serialVersionUID = 1L;

  /** More endpoints than a caller has; beyond it they are forgotten and made again. */
  private static final int REMEMBERED = 4096;

  /** By the literal; those that differ in port or host are chained. */
  private static final ConcurrentHashMap<String, PinnedAddress> KNOWN = new ConcurrentHashMap<>();

  private final transient String host;
  private final transient PinnedAddress next;
  private final transient int chained;

  /** The last key that was split and what came of it: nearly always the next one's too. */
  private transient volatile Object[] lastSplit = {null, null};

  private PinnedAddress(String host, InetAddress address, int port, PinnedAddress next) {
    super(address, port);
    this.host = host;
    this.next = next;
    this.chained = next == null ? 1 : next.chained + 1;
  }

  /**
   * The same object for the same arguments, mostly: an address is needed for every call.
   *
   * @param host as the application wrote it
   * @param literal an IP literal; no name is looked up for one
   */
  static PinnedAddress of(String host, String literal, int port) throws UnknownHostException {
    PinnedAddress first = KNOWN.get(literal);
    for (PinnedAddress known = first; known != null; known = known.next) {
      if (known.getPort() == port && known.host.equals(host)) {
        return known;
      }
    }
    byte[] octets = InetAddress.getByName(literal).getAddress();
    if (first != null && first.chained >= REMEMBERED) {
      first = null;
    }
    PinnedAddress made =
        new PinnedAddress(host, InetAddress.getByAddress(host, octets), port, first);
    if (KNOWN.size() >= REMEMBERED) {
      KNOWN.clear();
    }
    KNOWN.put(literal, made);
    return made;
  }

  /**
   * The key under which HTTP/2 connections are pooled, which names only host and port, made one per
   * endpoint.
   *
   * @return null to keep the key as it is
   */
  static Object split(Object key, Object address) {
    return address instanceof PinnedAddress ? ((PinnedAddress) address).split(key) : null;
  }

  private Object split(Object key) {
    Object[] last = lastSplit;
    if (key.equals(last[0])) {
      return last[1];
    }
    Object split = key + "@" + getAddress().getHostAddress();
    lastSplit = new Object[] {key, split};
    return split;
  }
}
