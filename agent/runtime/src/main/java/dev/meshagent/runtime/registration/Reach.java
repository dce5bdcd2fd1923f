package dev.meshagent.runtime.registration;

import java.net.InetAddress;

/** How this process reaches its controller, which tells how others may reach it. Immutable. */
public final class Reach {
  /** The control connection's local address. */
  final InetAddress local;

  /** True if the controller is on this host's loopback, so that callers may be there as well. */
  final boolean loopback;

  public Reach(InetAddress local, InetAddress controller) {
    this.local = local;
    this.loopback = controller.isLoopbackAddress();
  }
}
