package dev.meshagent.instrumentation.jdkhttpclient;

import dev.meshagent.spi.drive.NamedAddress;
import dev.meshagent.spi.drive.Recent;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * The endpoint that an attempt goes to, under the host name that the application wrote: the client
 * takes SNI and the name to check from it. Being a class of its own tells a pooled connection of
 * the mesh from any other.
 */
final class PinnedAddress extends InetSocketAddress {
  private static final long serialVersionUID = 1L;

  private static final Recent<PinnedAddress> RECENT = new Recent<>();

  private final transient String host;
  private final transient String literal;

  /** The last key that was split and what came of it: nearly always the next one's too. */
  private transient volatile Object[] lastSplit = {null, null};

  private PinnedAddress(String host, String literal, InetSocketAddress address) {
    super(address.getAddress(), address.getPort());
    this.host = host;
    this.literal = literal;
  }

  /**
   * The same object for the same arguments, mostly: an address is needed for every call.
   *
   * @param host as the application wrote it
   * @param literal an IP literal; no name is looked up for one
   */
  static PinnedAddress of(String host, String literal, int port) throws UnknownHostException {
    int hash = (literal.hashCode() * 31 + port) * 31 + host.hashCode();
    PinnedAddress known = RECENT.get(hash);
    if (known == null || !known.is(host, literal, port)) {
      known = new PinnedAddress(host, literal, NamedAddress.of(host, literal, port));
      RECENT.keep(hash, known);
    }
    return known;
  }

  private boolean is(String host, String literal, int port) {
    return getPort() == port && this.literal.equals(literal) && this.host.equals(host);
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
