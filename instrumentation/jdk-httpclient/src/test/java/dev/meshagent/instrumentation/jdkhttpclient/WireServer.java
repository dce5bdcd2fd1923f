package dev.meshagent.instrumentation.jdkhttpclient;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that answers each connection's one request with the bytes given, and closes. */
final class WireServer implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final AtomicInteger requests = new AtomicInteger();
  private final String[] answers;

  /**
   * Answers in turn, the last again and again; an answer of null is left out, and nothing closed.
   */
  WireServer(String... answers) throws IOException {
    this.answers = answers;
    Thread thread = new Thread(this::serve, "wire server");
    thread.setDaemon(true);
    thread.start();
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  int requests() {
    return requests.get();
  }

  private void serve() {
    while (!listener.isClosed()) {
      try {
        answer(listener.accept());
      } catch (IOException e) {
        // The client went away, or the test is over.
      }
    }
  }

  private void answer(Socket socket) throws IOException {
    BufferedReader in =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    for (String line = in.readLine(); line != null && !line.isEmpty(); ) {
      line = in.readLine();
    }
    String answer = answers[Math.min(requests.getAndIncrement(), answers.length - 1)];
    if (answer != null) {
      socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
      socket.close();
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
