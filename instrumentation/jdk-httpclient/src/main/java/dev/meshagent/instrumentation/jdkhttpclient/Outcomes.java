package dev.meshagent.instrumentation.jdkhttpclient;

import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.drive.Distrust;
import dev.meshagent.spi.drive.FailureWords;
import dev.meshagent.spi.drive.RetryAfter;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/** Says in the engine's words how the client's attempts end. */
final class Outcomes {
  private static final FailureWords WORDS =
      new FailureWords() {
        @Override
        protected IOException connectTimeout(String message) {
          return new HttpConnectTimeoutException(message);
        }

        @Override
        protected IOException timeout(String message) {
          return new HttpTimeoutException(message);
        }
      };

  private Outcomes() {}

  /** The outcome of a response of the client's own. */
  static Outcome response(Object response) {
    int status = ClientInternals.status(response);
    String retryAfter =
        status < 300
            ? null
            : ClientInternals.headers(response).firstValue("retry-after").orElse(null);
    return Outcome.response(
        status,
        RetryAfter.nanos(status, retryAfter),
        ClientInternals.version(response) == HttpClient.Version.HTTP_2);
  }

  /**
   * What a failure says.
   *
   * @param connectTimerRan the client's timer for the connection broke it off
   * @param connected there was a connection, over which something may have been sent
   * @param unprocessed the peer said that it did not look at the request (HTTP/2)
   */
  static Failure failure(
      Throwable cause, boolean connectTimerRan, boolean connected, boolean unprocessed) {
    if (unprocessed) {
      return Failure.REFUSED_STREAM;
    }
    if (connected && cause instanceof ConnectException) {
      // The timer for the connection ran out just when it was made.
      return Failure.RESET;
    }
    if (cause instanceof HttpConnectTimeoutException) {
      return Failure.CONNECT_TIMEOUT;
    }
    if (cause instanceof HttpTimeoutException) {
      return Failure.TIMEOUT;
    }
    if (cause instanceof ConnectException) {
      return connectTimerRan ? Failure.CONNECT_TIMEOUT : Failure.CONNECT;
    }
    if (Distrust.caused(cause)) {
      return Failure.OTHER;
    }
    if (cause instanceof SSLHandshakeException
        || cause instanceof SSLException && !connected
        || cause instanceof UnresolvedAddressException) {
      return Failure.CONNECT;
    }
    if (cause instanceof FileNotFoundException || !(cause instanceof IOException)) {
      // The application's own publisher or handler failed.
      return Failure.OTHER;
    }
    String message = cause.getMessage();
    if (message != null
        && (message.equals("too many concurrent streams")
            || message.contains("Refused stream")
            || message.contains("Stream not processed"))) {
      return Failure.REFUSED_STREAM;
    }
    return connectTimerRan && !connected ? Failure.CONNECT_TIMEOUT : Failure.RESET;
  }

  /** See {@link FailureWords#exception}. */
  static IOException exception(Step.Fail step, Failure last) {
    return WORDS.exception(step, last);
  }

  /** The failure itself, without the wrappers of futures. */
  static Throwable cause(Throwable thrown) {
    Throwable cause = thrown;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
