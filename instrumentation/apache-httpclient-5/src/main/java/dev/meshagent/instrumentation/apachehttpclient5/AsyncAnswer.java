package dev.meshagent.instrumentation.apachehttpclient5;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.impl.BasicEntityDetails;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * Gives the asynchronous client what a hop comes to. A failure and an answer that is no good leave
 * the mark that keeps the library's strategy of retries from repeating the hop; others leave none,
 * since the mark alone would need a map.
 */
final class AsyncAnswer {
  private AsyncAnswer() {}

  /** The head of a response that a server sent; the answer is what takes its body, or null. */
  static AsyncDataConsumer begin(
      HttpContext context, AsyncExecCallback callback, HttpResponse response, EntityDetails entity)
      throws HttpException, IOException {
    if (response.getCode() >= HttpStatus.SC_CLIENT_ERROR) {
      MeshMark.set(context, true);
    }
    return callback.handleResponse(response, entity);
  }

  /** A response that no server sent, as one that came. */
  static void give(
      AsyncExecChain.Scope scope,
      AsyncExecCallback callback,
      HttpRequest request,
      HttpResponse response,
      byte[] body) {
    HttpClientContext context = scope.clientContext;
    boolean entity =
        Synthesis.hasBody(response.getCode()) && !"HEAD".equalsIgnoreCase(request.getMethod());
    try {
      SyntheticExchange.note(context, scope.route, request, response);
      AsyncDataConsumer consumer =
          begin(
              context,
              callback,
              response,
              entity ? new BasicEntityDetails(body.length, Synthesis.contentType(response)) : null);
      if (entity && consumer != null) {
        ByteBuffer bytes = ByteBuffer.wrap(body).asReadOnlyBuffer();
        if (bytes.hasRemaining()) {
          consumer.consume(bytes);
        }
        consumer.streamEnd(null);
      }
    } catch (IOException | HttpException | RuntimeException e) {
      fail(context, callback, e);
      return;
    }
    callback.completed();
  }

  static void fail(HttpContext context, AsyncExecCallback callback, Exception cause) {
    MeshMark.set(context, true);
    callback.failed(cause);
  }
}
