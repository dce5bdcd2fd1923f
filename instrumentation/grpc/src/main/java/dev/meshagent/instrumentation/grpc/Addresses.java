package dev.meshagent.instrumentation.grpc;

import dev.meshagent.spi.drive.NamedAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;

/** Addresses to connect to that keep the name which the application wrote. */
final class Addresses {
  private Addresses() {}

  /**
   * @param ip an IP literal, so that nothing is looked up
   * @return null if it is none
   */
  static SocketAddress of(String host, String ip, int port) {
    try {
      return NamedAddress.of(host, ip, port);
    } catch (UnknownHostException e) {
      return null;
    }
  }
}
