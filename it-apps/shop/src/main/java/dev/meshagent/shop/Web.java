package dev.meshagent.shop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The few lines that the shop's services over HTTP share: the JDK's own server, as it is. Nothing
 * here, nor anywhere in the shop, knows of a mesh.
 *
 * <p>Each service also answers {@code /stats} with what it served and what of its own calls failed.
 */
final class Web {
  static {
    // Without it the JDK's server waits 40 ms for an acknowledgement before it sends a small body.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final String service;
  private final HttpServer server;
  private final AtomicLong served = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();

  /** What one path of a service does: text in, text out. */
  interface Handler {
    String answer(String method, String rest, String body) throws IOException, InterruptedException;
  }

  /**
   * @param args the port to listen on as the first argument; without one the system chooses
   */
  Web(String service, String[] args) throws IOException {
    this.service = service;
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 0;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext(
        "/stats",
        exchange -> reply(exchange, 200, "served " + served + "\nfailed " + failed + "\n"));
  }

  Web on(String path, Handler handler) {
    server.createContext(path, exchange -> handle(exchange, path, handler));
    return this;
  }

  /** Begins to answer; returns the port. */
  int start() {
    server.start();
    int port = server.getAddress().getPort();
    System.out.println(service + " ready on http://127.0.0.1:" + port);
    return port;
  }

  void stop() {
    server.stop(0);
  }

  private void handle(HttpExchange exchange, String path, Handler handler) throws IOException {
    String method = exchange.getRequestMethod();
    String rest = exchange.getRequestURI().getPath().substring(path.length());
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    served.incrementAndGet();
    String answer;
    try {
      answer = handler.answer(method, rest, body);
    } catch (IOException | InterruptedException e) {
      failed.incrementAndGet();
      String reason = service + " could not answer " + method + " " + path + rest + ": " + e;
      System.err.println(reason);
      reply(exchange, 502, reason);
      return;
    }
    reply(exchange, 200, answer);
  }

  private static void reply(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }
}
