package dev.meshagent.instrumentation.apachehttpclient5;

import dev.meshagent.engine.call.Attempt;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.util.Timeout;

/**
 * The application's request of an asynchronous hop, as its attempts and copies send it. A producer
 * can be read once at a time: what is to be sent beside it must be read beforehand. Guarded by its
 * hop.
 */
final class AsyncRequest {
  final HttpRequest written;
  final Header[] headers;

  private final AsyncEntityProducer producer;
  private final HttpClientContext context;
  private final RequestConfig config;

  /** What attempts and copies send that may be under way at the same time, or null. */
  private CapturedBody captured;

  AsyncRequest(HttpRequest written, AsyncEntityProducer producer, HttpClientContext context) {
    this.written = written;
    this.headers = written.getHeaders();
    this.producer = producer;
    this.context = context;
    this.config = context.getRequestConfig();
  }

  /** The head that an attempt sends. */
  HttpRequest head(Attempt attempt, boolean first) {
    return first && Rewriting.unchanged(attempt)
        ? written
        : Rewriting.asynchronous(written, headers, attempt);
  }

  /** Makes the body one that can be sent more than once at a time; false if it cannot be. */
  boolean share() throws IOException {
    if (producer != null && captured == null) {
      captured = CapturedBody.of(producer);
    }
    return producer == null || captured != null;
  }

  /** The body for one attempt or copy, or null for none. */
  AsyncEntityProducer body() {
    return captured != null ? captured.producer() : producer;
  }

  /** An attempt has ended that read the body: it can be read again. */
  void rewind() {
    if (producer != null) {
      producer.releaseResources();
    }
  }

  /** What the application lets all attempts take for a response, in ns; MAX_VALUE for ever. */
  long responseTimeoutNanos() {
    Timeout timeout = config == null ? null : config.getResponseTimeout();
    return timeout == null || timeout.isDisabled()
        ? Long.MAX_VALUE
        : TimeUnit.MILLISECONDS.toNanos(timeout.toMilliseconds());
  }

  /** Has the library connect within the attempt's limit. */
  void limitConnect(Attempt attempt) {
    configure(ConnectLimit.within(config, attempt.connectTimeoutNanos()));
  }

  /** Gives the application its context back as it was. */
  void restore() {
    configure(config);
  }

  private void configure(RequestConfig wanted) {
    if (context.getRequestConfig() != wanted) {
      context.setRequestConfig(wanted);
    }
  }
}
