package dev.meshagent.instrumentation.apachehttpclient5;

import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.drive.Distrust;
import dev.meshagent.spi.drive.FailureWords;
import dev.meshagent.spi.drive.RetryAfter;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.HttpHostConnectException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.ProtocolVersion;
import org.apache.hc.core5.http.TruncatedChunkException;

/** Says in the engine's words how the library's attempts end, and the reverse. */
final class Outcomes {
  /** Thrown by newer cores for a request that the peer said it did not look at. */
  private static final String NOT_EXECUTED = "org.apache.hc.core5.http.RequestNotExecutedException";

  private static final String STREAM_RESET = "org.apache.hc.core5.http2.H2StreamResetException";

  private static final FailureWords WORDS =
      new FailureWords() {
        @Override
        protected IOException unconnected(String message) {
          return new HttpHostConnectException(message);
        }

        @Override
        protected IOException connectTimeout(String message) {
          return new ConnectTimeoutException(message);
        }
      };

  private Outcomes() {}

  /** The outcome of a response. */
  static Outcome response(HttpResponse response) {
    int status = response.getCode();
    Header header = response.getFirstHeader(HttpHeaders.RETRY_AFTER);
    ProtocolVersion version = response.getVersion();
    return Outcome.response(
        status,
        RetryAfter.nanos(status, header == null ? null : header.getValue()),
        version != null && version.getMajor() >= 2);
  }

  /**
   * What a failure says.
   *
   * @param connected whether the attempt had its connection by then
   */
  static Failure failure(Throwable cause, boolean connected) {
    if (!(cause instanceof IOException)) {
      return Failure.OTHER;
    }
    if (cause instanceof ConnectTimeoutException) {
      return Failure.CONNECT_TIMEOUT;
    }
    if (cause instanceof SocketTimeoutException) {
      return connected ? Failure.TIMEOUT : Failure.CONNECT_TIMEOUT;
    }
    if (cause instanceof InterruptedIOException) {
      // No free connection in the pool, or the application gave up.
      return Failure.OTHER;
    }
    if (Distrust.caused(cause)) {
      return Failure.OTHER;
    }
    if (!connected) {
      return Failure.CONNECT;
    }
    String type = cause.getClass().getName();
    if (type.equals(NOT_EXECUTED) || type.equals(STREAM_RESET) && isRefused(cause)) {
      return Failure.REFUSED_STREAM;
    }
    return cause instanceof SSLHandshakeException ? Failure.CONNECT : Failure.RESET;
  }

  /**
   * What it says that receiving a body failed, which the application's consumer may have done: only
   * the library's own words for what became of the connection say something of the endpoint.
   */
  static Failure receiving(Throwable cause) {
    if (cause instanceof SocketTimeoutException) {
      return Failure.TIMEOUT;
    }
    return cause instanceof SocketException
            || cause instanceof SSLException
            || cause instanceof ConnectionClosedException
            || cause instanceof TruncatedChunkException
            || cause.getClass().getName().equals(STREAM_RESET)
        ? Failure.RESET
        : Failure.OTHER;
  }

  /** The code is in the message alone, unless the core's HTTP/2 library is there to be asked. */
  private static boolean isRefused(Throwable reset) {
    String message = String.valueOf(reset.getMessage());
    return message.startsWith("Stream reset (7)")
        || message.startsWith("Stream refused")
        || message.startsWith("Connection terminated by the peer");
  }

  /** True for failures before which not a byte of the request left. */
  static boolean nothingSent(Failure failure, boolean connected) {
    return !connected || failure.unsent();
  }

  /** See {@link FailureWords#exception}. */
  static IOException exception(Step.Fail step, Failure last) {
    return WORDS.exception(step, last);
  }
}
