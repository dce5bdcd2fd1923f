package dev.meshagent.instrumentation.apachehttpclient5;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.impl.BasicEntityDetails;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;

/** Gives the asynchronous client a response that no server sent, as it gives one that came. */
final class AsyncAnswer {
  private AsyncAnswer() {}

  static void give(
      AsyncExecCallback callback, String requestMethod, HttpResponse response, byte[] body) {
    boolean entity =
        Synthesis.hasBody(response.getCode()) && !"HEAD".equalsIgnoreCase(requestMethod);
    try {
      AsyncDataConsumer consumer =
          callback.handleResponse(
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
      callback.failed(e);
      return;
    }
    callback.completed();
  }
}
