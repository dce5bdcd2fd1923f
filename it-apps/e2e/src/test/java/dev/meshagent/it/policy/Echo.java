package dev.meshagent.it.policy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server without an agent that answers who it is and what it was asked: {@code v1 GET /path
 * header}, the header being the request's {@code x-echo}. What is asked for {@code /stuck}, or
 * {@code /stuck-at-v1} of v1, is answered when the server is closed.
 */
final class Echo implements AutoCloseable {
  final String version;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger served = new AtomicInteger();
  private final CountDownLatch closing = new CountDownLatch(1);

  Echo(String version) {
    this.version = version;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          served.incrementAndGet();
          String path = exchange.getRequestURI().toString();
          if (path.equals("/stuck") || path.equals("/stuck-at-" + version)) {
            awaitClosing();
          }
          String header =
              Optional.ofNullable(exchange.getRequestHeaders().getFirst("x-echo")).orElse("-");
          String text = version + " " + exchange.getRequestMethod() + " " + path + " " + header;
          byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
  }

  private void awaitClosing() {
    try {
      closing.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  int port() {
    return server.getAddress().getPort();
  }

  int served() {
    return served.get();
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdown();
  }
}
