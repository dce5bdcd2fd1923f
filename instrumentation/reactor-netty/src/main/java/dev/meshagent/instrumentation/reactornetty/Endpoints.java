package dev.meshagent.instrumentation.reactornetty;

import dev.meshagent.engine.call.Attempt;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Makes addresses of endpoints as the library pools them by: name, address and port. */
final class Endpoints {
  private Endpoints() {}

  /**
   * @param host as the application wrote it: the library takes SNI and the name to check from it
   */
  static InetSocketAddress address(String host, Attempt attempt) throws UnknownHostException {
    // No name is looked up for an IP literal.
    byte[] octets = InetAddress.getByName(attempt.address).getAddress();
    return new InetSocketAddress(InetAddress.getByAddress(host, octets), attempt.port);
  }
}
