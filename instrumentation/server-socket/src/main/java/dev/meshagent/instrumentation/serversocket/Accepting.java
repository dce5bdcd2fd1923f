package dev.meshagent.instrumentation.serversocket;

import dev.meshagent.spi.Listeners;
import dev.meshagent.spi.Mesh;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.ServerSocketChannel;

/**
 * What the advice has in common: telling the agent of a socket that takes connections. Everything
 * here runs in the application's accept loops, so a socket that is known already costs one look-up.
 *
 * <p>A close may come while a socket is told of. Either the closing thread finds what was told when
 * it tells of the close at its end, or the socket is seen to be closed afterwards here.
 */
final class Accepting {
  private Accepting() {}

  /** Tells of a blocking socket; one that belongs to a channel is told as that channel. */
  static void socket(ServerSocket socket) throws Exception {
    ServerSocketChannel channel = socket.getChannel();
    if (channel != null) {
      channel(channel);
      return;
    }
    Listeners listeners = listeners();
    if (listeners != null && !listeners.knows(socket)) {
      tell(listeners, socket, socket.getLocalSocketAddress());
      if (socket.isClosed()) {
        listeners.closed(socket);
      }
    }
  }

  static void channel(ServerSocketChannel channel) throws Exception {
    Listeners listeners = listeners();
    if (listeners != null && !listeners.knows(channel)) {
      tell(listeners, channel, channel.getLocalAddress());
      if (!channel.isOpen()) {
        listeners.closed(channel);
      }
    }
  }

  static void channel(AsynchronousServerSocketChannel channel) throws Exception {
    Listeners listeners = listeners();
    if (listeners != null && !listeners.knows(channel)) {
      tell(listeners, channel, channel.getLocalAddress());
      if (!channel.isOpen()) {
        listeners.closed(channel);
      }
    }
  }

  /** Null until the runtime is up; the socket is then told at its next accept. */
  static Listeners listeners() {
    Mesh mesh = Mesh.get();
    return mesh == null ? null : mesh.listeners();
  }

  private static void tell(Listeners listeners, Object socket, SocketAddress local) {
    // Not yet bound, or bound to a path of the file system: the library's accept will say so.
    if (local instanceof InetSocketAddress) {
      listeners.accepting(socket, (InetSocketAddress) local);
    }
  }
}
