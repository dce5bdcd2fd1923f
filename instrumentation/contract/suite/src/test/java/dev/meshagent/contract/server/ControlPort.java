package dev.meshagent.contract.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Where the forked JVM asks what the servers saw: one line in, one line out, on a plain socket.
 * Thread-safe.
 */
final class ControlPort implements AutoCloseable {
  /** Answers one line. */
  interface Answers {
    String answer(String[] words) throws InterruptedException;
  }

  private final ServerSocket listener;
  private final Answers answers;

  private ControlPort(ServerSocket listener, Answers answers) {
    this.listener = listener;
    this.answers = answers;
  }

  static ControlPort open(Answers answers) throws IOException {
    ControlPort port =
        new ControlPort(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), answers);
    daemon(port::acceptAll);
    return port;
  }

  int number() {
    return listener.getLocalPort();
  }

  private void acceptAll() {
    while (!listener.isClosed()) {
      try {
        Socket caller = listener.accept();
        daemon(() -> serve(caller));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket caller) {
    try (caller) {
      String line =
          new BufferedReader(new InputStreamReader(caller.getInputStream(), StandardCharsets.UTF_8))
              .readLine();
      String answer = answers.answer(line.split(" "));
      caller.getOutputStream().write((answer + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // The forked JVM is gone; its own end is what is reported.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "control port of a server park");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
