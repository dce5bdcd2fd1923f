package dev.meshagent.instrumentation.grpc;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A port that leads to a server until it is cut, as by the death of a process. */
final class Relay implements AutoCloseable {
  private final ServerSocket accepting;
  private final int to;
  private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();

  Relay(int to) throws IOException {
    this.to = to;
    accepting = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    daemon(this::accept);
  }

  int port() {
    return accepting.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket in = accepting.accept();
        Socket out = new Socket(InetAddress.getLoopbackAddress(), to);
        sockets.add(in);
        sockets.add(out);
        daemon(() -> copy(in, out));
        daemon(() -> copy(out, in));
      }
    } catch (IOException e) {
      close();
    }
  }

  private static void copy(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      in.transferTo(to.getOutputStream());
    } catch (IOException e) {
      // One of the two is closed.
    }
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "relay");
    thread.setDaemon(true);
    thread.start();
  }

  /** Every connection is reset, and no other is taken. */
  @Override
  public void close() {
    close(accepting);
    for (Socket socket : sockets) {
      try {
        socket.setSoLinger(true, 0);
      } catch (SocketException e) {
        continue; // It is closed already.
      }
      close(socket);
    }
  }

  private static void close(Closeable socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
