package dev.meshagent.spi.drive;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * Addresses of endpoints under the host name that the application wrote, which libraries take SNI
 * and the name to check from. Those used last are remembered: one is needed for every call, and to
 * read a literal costs more than to look it up. Thread-safe.
 */
public final class NamedAddress {
  private static final Recent<NamedAddress> RECENT = new Recent<>();

  private final String host;
  private final String literal;
  private final InetSocketAddress socket;

  private NamedAddress(String host, String literal, int port) throws UnknownHostException {
    this.host = host;
    this.literal = literal;
    byte[] octets = InetAddress.getByName(literal).getAddress();
    this.socket = new InetSocketAddress(InetAddress.getByAddress(host, octets), port);
  }

  /**
   * @param host as the application wrote it
   * @param literal an IP literal; no name is looked up for one
   * @throws UnknownHostException if it is none
   */
  public static InetSocketAddress of(String host, String literal, int port)
      throws UnknownHostException {
    int hash = (literal.hashCode() * 31 + port) * 31 + host.hashCode();
    NamedAddress known = RECENT.get(hash);
    if (known == null || !known.is(host, literal, port)) {
      known = new NamedAddress(host, literal, port);
      RECENT.keep(hash, known);
    }
    return known.socket;
  }

  private boolean is(String host, String literal, int port) {
    return socket.getPort() == port && this.literal.equals(literal) && this.host.equals(host);
  }
}
