package dev.meshagent.instrumentation.httpurlconnection;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLSocketFactory;

/** Makes no socket, but fails with what every endpoint's handshake failed with. Immutable. */
final class FailingHandshakes extends SSLSocketFactory {
  private final IOException failure;

  FailingHandshakes(IOException failure) {
    this.failure = failure;
  }

  @Override
  public Socket createSocket(Socket socket, String host, int port, boolean close)
      throws IOException {
    throw failure;
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    throw failure;
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    throw failure;
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    throw failure;
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    throw failure;
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return new String[0];
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return new String[0];
  }
}
