package dev.meshagent.instrumentation.reactornetty;

import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.drive.Distrust;
import dev.meshagent.spi.drive.FailureWords;
import dev.meshagent.spi.drive.RetryAfter;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.handler.timeout.ReadTimeoutException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import reactor.netty.Connection;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.client.HttpClientResponse;

/** Says in the engine's words how attempts end, and in the library's why a call fails. */
final class Outcomes {
  private static final FailureWords WORDS =
      new FailureWords() {
        @Override
        protected IOException connectTimeout(String message) {
          return new ConnectTimeoutException(message);
        }
      };

  private Outcomes() {}

  /**
   * @param operations the connection of the exchange, which is the library's response as well
   */
  static Outcome response(Connection operations) {
    HttpClientResponse response = (HttpClientResponse) operations;
    int status = response.status().code();
    return Outcome.response(
        status,
        RetryAfter.nanos(status, response.responseHeaders().get("retry-after")),
        isStream(operations));
  }

  /** Whether the head of a response came over the connection. */
  static boolean isResponse(Connection operations) {
    if (!(operations instanceof HttpClientResponse)) {
      return false;
    }
    try {
      return ((HttpClientResponse) operations).status() != null;
    } catch (IllegalStateException none) {
      return false;
    }
  }

  /** A channel that has a parent is a stream among others of one connection. */
  private static boolean isStream(Connection operations) {
    return operations.channel().parent() != null;
  }

  /**
   * What a failure says before there was a connection; a full pool says nothing, nor does a
   * certificate that the application does not accept.
   */
  static Failure connecting(Throwable thrown) {
    if (thrown instanceof ConnectTimeoutException
        || thrown instanceof SslHandshakeTimeoutException) {
      return Failure.CONNECT_TIMEOUT;
    }
    return thrown instanceof IOException && !Distrust.caused(thrown)
        ? Failure.CONNECT
        : Failure.OTHER;
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

  /** See {@link FailureWords#exception}. */
  static Throwable exception(Step.Fail step, Failure last) {
    return step.reason == Step.Fail.Reason.TIMEOUT
        ? timeout(step.message)
        : WORDS.exception(step, last);
  }

  /**
   * The library's own, which has a message but takes no cause. With assertions on Netty has one
   * against that constructor: then the message is the cause's.
   */
  private static Throwable timeout(String message) {
    try {
      return new ReadTimeoutException(message);
    } catch (AssertionError ofNetty) {
      return new ReadTimeoutException().initCause(new SocketTimeoutException(message));
    }
  }
}
