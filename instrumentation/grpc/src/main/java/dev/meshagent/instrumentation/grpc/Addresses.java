package dev.meshagent.instrumentation.grpc;

import java.net.InetAddress;
import java.net.InetSocketAddress;
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
      byte[] bytes = InetAddress.getByName(ip).getAddress();
      return new InetSocketAddress(InetAddress.getByAddress(host, bytes), port);
    } catch (UnknownHostException e) {
      return null;
    }
  }
}
