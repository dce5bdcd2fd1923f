package dev.meshagent.instrumentation.jdkhttpclient;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * The endpoint that an attempt goes to, under the host name that the application wrote: the client
 * takes SNI and the name to check from it. Being a class of its own tells a pooled connection of
 * the mesh from any other.
 */
final class PinnedAddress extends InetSocketAddress {
  private static final long serialVersionUID = 1L;

  private PinnedAddress(InetAddress address, int port) {
    super(address, port);
  }

  /**
   * @param host as the application wrote it
   * @param literal an IP literal; no name is looked up for one
   */
  static PinnedAddress of(String host, String literal, int port) throws UnknownHostException {
    InetAddress numeric = InetAddress.getByName(literal);
    return new PinnedAddress(InetAddress.getByAddress(host, numeric.getAddress()), port);
  }

  /**
   * The key under which HTTP/2 connections are pooled, which names only host and port, made one per
   * endpoint.
   *
   * @return null to keep the key as it is
   */
  static Object split(Object key, Object address) {
    return address instanceof PinnedAddress
        ? key + "@" + ((PinnedAddress) address).getAddress().getHostAddress()
        : null;
  }
}
