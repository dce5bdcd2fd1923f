package dev.meshagent.instrumentation.jdkhttpclient;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * A copy of a request under way, sent by the same client as a call of its own, beside the
 * application's. It tells its exchange from any other, and says who drives that.
 */
final class Companion extends HttpRequest {
  private final HttpRequest original;
  private final Map<String, List<String>> systemHeaders;
  private final Duration timeout;
  private final Function<Object, CompletableFuture<?>> driver;

  /**
   * @param systemHeaders what the client sends along with the original, such as cookies and
   *     credentials: they are of the exchange, so the copy could not have them by itself
   * @param timeout until the head of the response, or null for none
   * @param driver is given the copy's exchange, and answers the future of its response
   */
  Companion(
      HttpRequest original,
      Map<String, List<String>> systemHeaders,
      Duration timeout,
      Function<Object, CompletableFuture<?>> driver) {
    this.original = original;
    this.systemHeaders = systemHeaders;
    this.timeout = timeout;
    this.driver = driver;
  }

  /** The headers of the client itself as they are now; those of the connection are not copied. */
  static Map<String, List<String>> systemHeaders(Object request) {
    Map<String, List<String>> headers = new HashMap<>();
    ClientInternals.systemHeaders(request)
        .forEach((name, values) -> headers.put(name, new ArrayList<>(values)));
    headers.keySet().removeIf(ClientInternals::ofConnection);
    return headers;
  }

  /** Whether a request with that body can be sent twice at a time. */
  static boolean possible(HttpRequest request) {
    return BodyPublishing.repeatable(request.bodyPublisher().orElse(null))
        && !ClientInternals.webSocket(request);
  }

  /**
   * Sends the copy, on the client's executor.
   *
   * @return done when nothing is done for the copy any more; its response is not for anybody
   */
  CompletableFuture<HttpResponse<Void>> send(HttpClient client) {
    try {
      return client.sendAsync(this, BodyHandlers.discarding());
    } catch (RuntimeException refused) {
      // The application's executor is shut down.
      CompletableFuture<HttpResponse<Void>> failed = new CompletableFuture<>();
      failed.completeExceptionally(refused);
      return failed;
    }
  }

  /** The client begins the copy's exchange. */
  CompletableFuture<?> begin(Object exchange) {
    Map<String, List<String>> headers =
        ClientInternals.systemHeaders(ClientInternals.request(exchange));
    headers.clear();
    headers.putAll(systemHeaders);
    return driver.apply(exchange);
  }

  @Override
  public Optional<BodyPublisher> bodyPublisher() {
    return original.bodyPublisher();
  }

  @Override
  public String method() {
    return original.method();
  }

  @Override
  public Optional<Duration> timeout() {
    return Optional.ofNullable(timeout);
  }

  @Override
  public boolean expectContinue() {
    return original.expectContinue();
  }

  @Override
  public URI uri() {
    return original.uri();
  }

  @Override
  public Optional<HttpClient.Version> version() {
    return original.version();
  }

  @Override
  public HttpHeaders headers() {
    return original.headers();
  }
}
