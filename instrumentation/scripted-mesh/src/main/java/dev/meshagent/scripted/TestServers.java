package dev.meshagent.scripted;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** The servers of a test, on ports that the system chooses. */
public final class TestServers implements AutoCloseable {
  private final List<HttpServer> servers = new ArrayList<>();
  private final ExecutorService handlers = Executors.newCachedThreadPool();
  private final CountDownLatch testOver = new CountDownLatch(1);

  /** What a server does with a request. */
  public interface Handler {
    void handle(HttpExchange exchange) throws IOException, InterruptedException;
  }

  /** A server on a port of its own. */
  public InetSocketAddress start(Handler handler) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(handlers);
    server.createContext(
        "/",
        exchange -> {
          try {
            handler.handle(exchange);
          } catch (InterruptedException e) {
            exchange.close();
          }
        });
    server.start();
    servers.add(server);
    return server.getAddress();
  }

  /** Answers with the host, the path and the named request header. */
  public InetSocketAddress echo(String header) throws IOException {
    return start(
        exchange ->
            answer(
                exchange,
                200,
                exchange.getRequestHeaders().getFirst("Host")
                    + exchange.getRequestURI()
                    + " "
                    + exchange.getRequestHeaders().getFirst(header)));
  }

  /** Never answers. */
  public InetSocketAddress silent() throws IOException {
    return silent(() -> {});
  }

  /**
   * The same.
   *
   * @param asked run at each request
   */
  public InetSocketAddress silent(Runnable asked) throws IOException {
    return start(
        exchange -> {
          asked.run();
          testOver.await();
        });
  }

  /** Sends a part of a head every 20 ms, without end. */
  public InetSocketAddress dripping() throws IOException {
    ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    handlers.execute(
        () -> {
          try (ServerSocket listening = server;
              Socket socket = listening.accept()) {
            OutputStream out = socket.getOutputStream();
            out.write("HTTP/1.1 200 OK\r\nX-Drip: ".getBytes(StandardCharsets.US_ASCII));
            while (!testOver.await(20, TimeUnit.MILLISECONDS)) {
              out.write('.');
            }
          } catch (IOException | InterruptedException brokenOff) {
            return;
          }
        });
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  /** Sends the head of a 503 and the first byte of its body, of which the rest never comes. */
  public InetSocketAddress unending() throws IOException {
    return start(
        exchange -> {
          exchange.sendResponseHeaders(503, 10);
          exchange.getResponseBody().write('x');
          exchange.getResponseBody().flush();
          testOver.await();
        });
  }

  /** Where nothing listens. */
  public static InetSocketAddress refusing() throws IOException {
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return (InetSocketAddress) closed.getLocalSocketAddress();
    }
  }

  /** The body of the request, which is read to its end. */
  public static String body(HttpExchange exchange) throws IOException {
    return new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** Reads the request to its end, and answers. */
  public static void answer(HttpExchange exchange, int status, String body) throws IOException {
    exchange.getRequestBody().readAllBytes();
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    testOver.countDown();
    servers.forEach(server -> server.stop(0));
    handlers.shutdownNow();
  }
}
