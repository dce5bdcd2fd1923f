package dev.meshagent.it.jdkhttpclient;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;

/** The servers that the cases call, on ports of the loopback that the system chooses. */
final class Services {
  private final ExecutorService handlers = Executors.newCachedThreadPool();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final List<AutoCloseable> open = new ArrayList<>();
  private final int outside;

  Services() throws IOException {
    outside = plain("outside");
  }

  /** The port of a server that no service knows of. */
  int outside() {
    return outside;
  }

  /** A server that answers who it is, echoes, redirects, asks for credentials, and is slow. */
  int plain(String name) throws IOException {
    AtomicInteger counted = new AtomicInteger();
    HttpServer server = http();
    Map<String, Handler> paths =
        Map.of(
            "/whoami", exchange -> answer(exchange, 200, name + " " + host(exchange)),
            "/connection",
                exchange -> answer(exchange, 200, name + exchange.getRemoteAddress().getPort()),
            "/echo", exchange -> answer(exchange, 200, exchange.getRequestBody().readAllBytes()),
            "/count",
                exchange -> {
                  exchange.getRequestBody().readAllBytes();
                  answer(exchange, 200, Integer.toString(counted.incrementAndGet()));
                },
            "/total", exchange -> answer(exchange, 200, Integer.toString(counted.get())),
            "/redirect-inside", exchange -> redirect(exchange, "http://inside/whoami"),
            "/redirect-outside",
                exchange -> redirect(exchange, "http://127.0.0.1:" + outside + "/whoami"),
            "/cookie",
                exchange -> {
                  exchange.getResponseHeaders().add("Set-Cookie", "kept=yes");
                  answer(exchange, 200, exchange.getRequestHeaders().getFirst("Cookie") + "");
                },
            "/protected", Services::protect,
            "/slow", exchange -> closing.await());
    paths.forEach((path, handler) -> on(server, path, handler));
    return started(server);
  }

  /** A server that always answers 503. */
  int unavailable() throws IOException {
    HttpServer server = http();
    on(server, "/", exchange -> answer(exchange, 503, "unavailable"));
    return started(server);
  }

  /** A server that reads a request, and hangs up. */
  int hangingUp() throws IOException {
    return hangingUpAfter("");
  }

  /** A server that answers with a head, and hangs up before the body. */
  int dyingBeforeTheBody() throws IOException {
    return hangingUpAfter("HTTP/1.1 200 OK\r\nX-By: dead\r\nContent-Length: 10\r\n\r\n");
  }

  private int hangingUpAfter(String answer) throws IOException {
    ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    open.add(socket);
    handlers.execute(
        () -> {
          while (!socket.isClosed()) {
            try (Socket accepted = socket.accept()) {
              InputStream in = accepted.getInputStream();
              in.read(new byte[4096]);
              accepted.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
              continue;
            }
          }
        });
    return socket.getLocalPort();
  }

  /** A port that nobody listens to: it is held, so that no other process comes to do so. */
  int refusing() throws IOException {
    Socket bound = new Socket();
    open.add(bound);
    bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    return bound.getLocalPort();
  }

  /** A server that speaks HTTP/2 as well, and answers which connection it was asked by. */
  int http2(String name) {
    return started(
        Server.builder().http(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)), name);
  }

  /** The same over TLS. */
  int encrypted(String name, Certificates certificates) throws Exception {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(certificates.load(), Certificates.PASSWORD.toCharArray());
    return started(
        Server.builder()
            .https(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .tls(keys),
        name);
  }

  private int started(ServerBuilder builder, String name) {
    Server server =
        builder.service("/connection", (context, request) -> connection(name, context)).build();
    server.start().join();
    open.add(server::stop);
    return server.activeLocalPort();
  }

  private static HttpResponse connection(String name, ServiceRequestContext context) {
    return HttpResponse.of(
        name + " " + context.request().authority() + " " + context.remoteAddress().getPort());
  }

  private HttpServer http() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    server.setExecutor(handlers);
    return server;
  }

  private int started(HttpServer server) {
    server.start();
    open.add(() -> server.stop(0));
    return server.getAddress().getPort();
  }

  private static void on(HttpServer server, String path, Handler handler) {
    server.createContext(
        path,
        exchange -> {
          try {
            handler.handle(exchange);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } finally {
            exchange.close();
          }
        });
  }

  private static void protect(HttpExchange exchange) throws IOException {
    if (exchange.getRequestHeaders().containsKey("Authorization")) {
      answer(exchange, 200, "welcome");
    } else {
      exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"test\"");
      answer(exchange, 401, "");
    }
  }

  private static void redirect(HttpExchange exchange, String to) throws IOException {
    exchange.getResponseHeaders().add("Location", to);
    answer(exchange, 302, "");
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    answer(exchange, status, body.getBytes(StandardCharsets.UTF_8));
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  private static String host(HttpExchange exchange) {
    return exchange.getRequestHeaders().getFirst("Host");
  }

  void close() throws Exception {
    closing.countDown();
    for (AutoCloseable each : open) {
      each.close();
    }
    handlers.shutdownNow();
  }

  private interface Handler {
    void handle(HttpExchange exchange) throws IOException, InterruptedException;
  }
}
