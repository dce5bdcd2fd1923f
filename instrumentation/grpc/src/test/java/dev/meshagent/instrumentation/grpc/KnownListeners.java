package dev.meshagent.instrumentation.grpc;

import dev.meshagent.spi.Listeners;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Remembers what servers say of their ports. */
final class KnownListeners implements Listeners {
  /** Port to protocol. */
  final Map<Integer, String> protocols = new ConcurrentHashMap<>();

  @Override
  public boolean knows(Object socket) {
    return true;
  }

  @Override
  public void accepting(Object socket, InetSocketAddress local) {}

  @Override
  public void closed(Object socket) {}

  @Override
  public void serves(InetSocketAddress local, String protocol) {
    protocols.put(local.getPort(), protocol);
  }
}
