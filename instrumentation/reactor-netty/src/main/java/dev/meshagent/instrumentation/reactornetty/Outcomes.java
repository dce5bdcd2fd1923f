package dev.meshagent.instrumentation.reactornetty;

import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.drive.RetryAfter;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.handler.timeout.ReadTimeoutException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.client.HttpClientResponse;

/** Says in the engine's words how attempts end, and in the library's why a call fails. */
final class Outcomes {
  private Outcomes() {}

  static Outcome response(HttpClientResponse response) {
    int status = response.status().code();
    return Outcome.response(
        status, RetryAfter.nanos(status, response.responseHeaders().get("retry-after")));
  }

  /** What a failure says before there was a connection; a full pool says nothing. */
  static Failure connecting(Throwable thrown) {
    if (thrown instanceof ConnectTimeoutException
        || thrown instanceof SslHandshakeTimeoutException) {
      return Failure.CONNECT_TIMEOUT;
    }
    return thrown instanceof IOException ? Failure.CONNECT : Failure.OTHER;
  }

  /** What a failure says when the request may have been sent. */
  static Failure receiving(Throwable thrown) {
    if (thrown instanceof ReadTimeoutException) {
      return Failure.TIMEOUT;
    }
    if (thrown instanceof Http2Exception
        && ((Http2Exception) thrown).error() == Http2Error.REFUSED_STREAM) {
      return Failure.REFUSED_STREAM;
    }
    return thrown instanceof IOException
            || thrown instanceof AbortedException
            || thrown instanceof Http2Exception
        ? Failure.RESET
        : Failure.OTHER;
  }

  /**
   * The library's own kind of exception for a call that cannot be answered.
   *
   * @param last how the last attempt failed, {@code NONE} if there was none
   */
  static Throwable exception(Step.Fail step, Failure last) {
    Throwable exception;
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
        exception = timeout(step.message);
        break;
      default:
        exception = new IOException(step.message);
    }
    if (step.cause != null) {
      exception.initCause(step.cause);
    }
    return exception;
  }

  /** The library's own; with assertions on Netty has one against this constructor. */
  private static Throwable timeout(String message) {
    try {
      return new ReadTimeoutException(message);
    } catch (AssertionError ofNetty) {
      return new SocketTimeoutException(message);
    }
  }
}
