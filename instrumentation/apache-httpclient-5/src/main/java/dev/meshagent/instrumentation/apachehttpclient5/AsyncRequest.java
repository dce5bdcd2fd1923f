package dev.meshagent.instrumentation.apachehttpclient5;

import dev.meshagent.engine.call.Attempt;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.async.AsyncExecChain;
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
final class AsyncRequest extends RequestView {
  /** The application's, or null. */
  final AsyncEntityProducer producer;

  private final RequestConfig config;

  /** See {@link #headers()}. */
  private Header[] headers;

  /** What attempts and copies send that may be under way at the same time, or null. */
  private CapturedBody captured;

  AsyncRequest(HttpRequest written, AsyncEntityProducer producer, AsyncExecChain.Scope scope) {
    super(written, scope.route, producer == null || producer.isRepeatable());
    this.producer = producer;
    this.config = scope.clientContext.getRequestConfig();
  }

  /** The call is one of the mesh; before the library's interceptors see it. */
  void begin() {
    headers = request.getHeaders();
  }

  /** Those that it had in the beginning. */
  Header[] headers() {
    return headers;
  }

  /** The head that an attempt sends. */
  HttpRequest head(Attempt attempt, boolean first) {
    return first && !attempt.rewrites()
        ? request
        : Rewriting.asynchronous(request, headers, attempt);
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
  void limitConnect(HttpClientContext context, Attempt attempt) {
    configure(context, ConnectLimit.within(config, attempt.connectTimeoutNanos()));
  }

  /** Gives the application its context back as it was. */
  void restore(HttpClientContext context) {
    configure(context, config);
  }

  private static void configure(HttpClientContext context, RequestConfig wanted) {
    if (context.getRequestConfig() != wanted) {
      context.setRequestConfig(wanted);
    }
  }
}
