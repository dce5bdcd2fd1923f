package dev.meshagent.dist;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * An unchanged application that takes connections in every way that the JDK has. Each argument
 * opens one socket, as {@code kind@address}; the port chosen is printed as {@code kind port}. A
 * line on standard input closes the sockets, another one ends the process; {@code x} ends it at
 * once.
 */
public final class ListeningApplication {
  private static final List<AutoCloseable> OPEN = new ArrayList<>();

  private ListeningApplication() {}

  public static void main(String[] kinds) throws Exception {
    for (String argument : kinds) {
      int at = argument.indexOf('@');
      String kind = argument.substring(0, at);
      InetSocketAddress local =
          new InetSocketAddress(InetAddress.getByName(argument.substring(at + 1)), 0);
      System.out.println(kind + " " + open(kind, local));
    }
    Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook")));
    if (System.in.read() == 'x') {
      System.exit(0);
    }
    for (AutoCloseable open : OPEN) {
      open.close();
    }
    System.in.read();
    System.exit(0);
  }

  private static int open(String kind, InetSocketAddress local) throws IOException {
    switch (kind) {
      case "bound":
        return keep(blocking(local)).getLocalPort();
      case "blocking":
        ServerSocket socket = keep(blocking(local));
        loop(() -> socket.accept().close());
        return socket.getLocalPort();
      case "adaptor":
        ServerSocket adaptor = keep(ServerSocketChannel.open()).socket();
        adaptor.bind(local);
        adaptor.setSoTimeout(600_000);
        loop(() -> adaptor.accept().close());
        return adaptor.getLocalPort();
      case "channel":
        ServerSocketChannel channel = keep(ServerSocketChannel.open()).bind(local);
        loop(() -> channel.accept().close());
        return channel.socket().getLocalPort();
      case "selected":
        ServerSocketChannel selected = keep(ServerSocketChannel.open()).bind(local);
        selected.configureBlocking(false);
        Selector selector = Selector.open();
        // As Netty does it: registered for nothing first, for accept later.
        SelectionKey key = selected.register(selector, 0);
        key.interestOps(SelectionKey.OP_ACCEPT);
        loop(selector::select);
        return selected.socket().getLocalPort();
      case "asynchronous":
        AsynchronousServerSocketChannel asynchronous =
            keep(AsynchronousServerSocketChannel.open()).bind(local);
        asynchronous.accept(null, new Ignoring());
        return ((InetSocketAddress) asynchronous.getLocalAddress()).getPort();
      case "http":
        HttpServer server = HttpServer.create(local, 0);
        server.start();
        OPEN.add(() -> server.stop(0));
        return server.getAddress().getPort();
      default:
        throw new IllegalArgumentException(kind);
    }
  }

  private static ServerSocket blocking(InetSocketAddress local) throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.bind(local);
    return socket;
  }

  private static <T extends AutoCloseable> T keep(T open) {
    OPEN.add(open);
    return open;
  }

  private static void loop(Step step) {
    Thread thread =
        new Thread(
            () -> {
              try {
                for (; ; ) {
                  step.run();
                }
              } catch (IOException e) {
                // Closed by main.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private interface Step {
    void run() throws IOException;
  }

  private static final class Ignoring
      implements CompletionHandler<AsynchronousSocketChannel, Void> {
    @Override
    public void completed(AsynchronousSocketChannel connection, Void attachment) {}

    @Override
    public void failed(Throwable e, Void attachment) {}
  }
}
