package dev.meshagent.instrumentation.okhttp;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.spi.drive.NamedAddress;
import dev.meshagent.spi.drive.Recent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.List;
import okhttp3.Address;
import okhttp3.Dns;

/**
 * The endpoint that an attempt goes to, in the place of a name lookup. Its equality is the
 * endpoint's, and OkHttp shares connections only among addresses with equal Dns: thus the pool is
 * split by endpoint. Those used last are remembered. Immutable.
 */
final class EndpointDns implements Dns {
  private static final Recent<EndpointDns> RECENT = new Recent<>();

  private final String uid;

  /** The endpoint's own, under the name that the application wrote. */
  private final InetSocketAddress socket;

  /** The IP literal that it was made of. */
  private final String literal;

  private final String host;

  private EndpointDns(String host, Attempt attempt) throws UnknownHostException {
    this.uid = attempt.endpoint.uid;
    this.host = host;
    this.literal = attempt.address;
    this.socket = NamedAddress.of(host, attempt.address, attempt.port);
  }

  /**
   * @param host as the application wrote it
   * @throws UnknownHostException if the endpoint's address is no IP literal
   */
  static EndpointDns of(String host, Attempt attempt) throws UnknownHostException {
    int hash = attempt.endpoint.uid.hashCode() * 31 + host.hashCode();
    EndpointDns known = RECENT.get(hash);
    if (known != null && known.is(host, attempt)) {
      return known;
    }
    EndpointDns made = new EndpointDns(host, attempt);
    RECENT.keep(hash, made);
    return made;
  }

  private boolean is(String host, Attempt attempt) {
    return socket.getPort() == attempt.port
        && uid.equals(attempt.endpoint.uid)
        && literal.equals(attempt.address)
        && this.host.equals(host);
  }

  /** Where a direct route to an endpoint connects to, or null to leave the route as it is. */
  static Object socketAddress(Object address, Object proxy) {
    if (!(address instanceof Address) || ((Proxy) proxy).type() != Proxy.Type.DIRECT) {
      return null;
    }
    Dns dns = ((Address) address).dns();
    if (!(dns instanceof EndpointDns)) {
      return null;
    }
    return ((EndpointDns) dns).socket;
  }

  @Override
  public List<InetAddress> lookup(String host) {
    return Collections.singletonList(socket.getAddress());
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof EndpointDns)) {
      return false;
    }
    EndpointDns that = (EndpointDns) other;
    return uid.equals(that.uid) && socket.equals(that.socket);
  }

  @Override
  public int hashCode() {
    return uid.hashCode() * 31 + socket.getPort();
  }

  @Override
  public String toString() {
    return socket.getAddress().getHostAddress() + ":" + socket.getPort() + " (" + uid + ")";
  }
}
