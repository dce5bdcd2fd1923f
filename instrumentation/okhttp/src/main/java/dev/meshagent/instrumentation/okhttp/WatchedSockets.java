package dev.meshagent.instrumentation.okhttp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/**
 * The application's sockets, of which an attempt learns before they are connected. OkHttp does not
 * tell addresses apart by it. Immutable.
 */
final class WatchedSockets extends SocketFactory {
  private final SocketFactory own;
  private final Try tried;

  WatchedSockets(SocketFactory own, Try tried) {
    this.own = own;
    this.tried = tried;
  }

  @Override
  public Socket createSocket() throws IOException {
    return tried.connects(own.createSocket());
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return own.createSocket(host, port);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return own.createSocket(host, port, local, localPort);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return own.createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return own.createSocket(host, port, local, localPort);
  }
}
