package dev.meshagent.instrumentation.apachehttpclient4;

import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.drive.RetryAfter;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.http.Header;
import org.apache.http.HttpHeaders;
import org.apache.http.HttpResponse;
import org.apache.http.client.ClientProtocolException;
import org.apache.http.conn.ConnectTimeoutException;
import org.apache.http.conn.ConnectionPoolTimeoutException;

/** Says in the engine's words how the library's attempts end, and the reverse. */
final class Outcomes {
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
        || cause instanceof ClientProtocolException) {
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
            || cause instanceof SSLPeerUnverifiedException
        ? Failure.CONNECT
        : Failure.RESET;
  }

  /** True for failures before which not a byte of the request left. */
  static boolean nothingSent(Failure failure, Throwable cause) {
    return failure == Failure.CONNECT
        || failure == Failure.CONNECT_TIMEOUT
        || cause instanceof ConnectionPoolTimeoutException;
  }

  /**
   * The library's own kind of exception for a call that cannot be answered. Its subclass of
   * ConnectException words its message itself, so it is the class above that is thrown.
   *
   * @param last how the last attempt failed, {@code NONE} if there was none
   */
  static IOException exception(Step.Fail step, Failure last) {
    IOException exception;
    switch (step.reason) {
      case NO_ENDPOINT:
      case NO_SUCH_PORT:
      case CONNECT_FAILED:
        if (last == Failure.CONNECT_TIMEOUT) {
          exception = new ConnectTimeoutException(step.message);
        } else if (step.cause instanceof SSLException) {
          exception = new SSLHandshakeException(step.message);
        } else {
          exception = new ConnectException(step.message);
        }
        break;
      case TIMEOUT:
        exception = new SocketTimeoutException(step.message);
        break;
      default:
        exception = new IOException(step.message);
    }
    if (step.cause != null) {
      exception.initCause(step.cause);
    }
    return exception;
  }
}
