package dev.meshagent.instrumentation.apachehttpclient4;

import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.drive.Distrust;
import dev.meshagent.spi.drive.FailureWords;
import dev.meshagent.spi.drive.RetryAfter;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import javax.net.ssl.SSLHandshakeException;
import org.apache.http.Header;
import org.apache.http.HttpHeaders;
import org.apache.http.HttpResponse;
import org.apache.http.client.ClientProtocolException;
import org.apache.http.conn.ConnectTimeoutException;
import org.apache.http.conn.ConnectionPoolTimeoutException;

/** Says in the engine's words how the library's attempts end, and the reverse. */
final class Outcomes {
  /**
   * The library's subclass of ConnectException words its message itself, so it is the class above
   * that is thrown.
   */
  private static final FailureWords WORDS =
      new FailureWords() {
        @Override
        protected IOException connectTimeout(String message) {
          return new ConnectTimeoutException(message);
        }
      };

  private Outcomes() {}

  /** The outcome of a response. */
  static Outcome response(HttpResponse response) {
    int status = response.getStatusLine().getStatusCode();
    Header header = response.getFirstHeader(HttpHeaders.RETRY_AFTER);
    return Outcome.response(
        status, RetryAfter.nanos(status, header == null ? null : header.getValue()));
  }

  /** What a failure says. */
  static Failure failure(Throwable cause) {
    if (!(cause instanceof IOException)
        || cause instanceof ConnectionPoolTimeoutException
        || cause instanceof ClientProtocolException
        || Distrust.caused(cause)) {
      // No free connection in the pool, or nothing that the endpoint did.
      return Failure.OTHER;
    }
    if (cause instanceof ConnectTimeoutException) {
      return Failure.CONNECT_TIMEOUT;
    }
    if (cause instanceof SocketTimeoutException) {
      return Failure.TIMEOUT;
    }
    if (cause instanceof InterruptedIOException) {
      return Failure.OTHER;
    }
    return cause instanceof ConnectException
            || cause instanceof NoRouteToHostException
            || cause instanceof SSLHandshakeException
        ? Failure.CONNECT
        : Failure.RESET;
  }

  /** True for failures before which not a byte of the request left. */
  static boolean nothingSent(Failure failure, Throwable cause) {
    return failure.unsent()
        || cause instanceof ConnectionPoolTimeoutException
        || Distrust.caused(cause);
  }

  /** See {@link FailureWords#exception}. */
  static IOException exception(Step.Fail step, Failure last) {
    return WORDS.exception(step, last);
  }
}
