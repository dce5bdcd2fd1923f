package dev.meshagent.controller.registry;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** What the IP literals of workloads mean to others. Stateless; asks no DNS. */
public final class Addresses {
  private Addresses() {}

  /** Whether the literal reaches only processes on the same host. */
  public static boolean loopback(String literal) {
    return parse(literal).isLoopbackAddress();
  }

  /** Whether a connection to the literal can reach one certain process: no wildcard, no group. */
  public static boolean connectable(String literal) {
    InetAddress address = parse(literal);
    return !address.isAnyLocalAddress()
        && !address.isMulticastAddress()
        && !literal.equals("255.255.255.255");
  }

  /** Those that mean the same process from another host too; in their order. */
  public static List<String> reachableFromElsewhere(List<String> literals) {
    return literals.stream().filter(literal -> !loopback(literal)).toList();
  }

  private static InetAddress parse(String literal) {
    try {
      return InetAddress.getByAddress(NetUtil.createByteArrayFromIpAddressString(literal));
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(literal + " is no IP literal", e);
    }
  }
}
