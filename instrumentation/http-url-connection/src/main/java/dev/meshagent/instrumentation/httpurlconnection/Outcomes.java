package dev.meshagent.instrumentation.httpurlconnection;

import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.drive.RetryAfter;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/** Says in the engine's words how attempts end, and in the library's why a call fails. */
final class Outcomes {
  private Outcomes() {}

  static Outcome response(int status, Object head) throws Exception {
    return Outcome.response(status, RetryAfter.nanos(status, Heads.first(head, "Retry-After")));
  }

  /** What a failure to connect, or to shake hands, says. */
  static Failure connecting(Throwable thrown) {
    return thrown instanceof SocketTimeoutException ? Failure.CONNECT_TIMEOUT : Failure.CONNECT;
  }

  /** What a failure says when the request may have been sent. */
  static Failure receiving(Throwable thrown) {
    if (thrown instanceof SocketTimeoutException) {
      return Failure.TIMEOUT;
    }
    return thrown instanceof IOException ? Failure.RESET : Failure.OTHER;
  }

  /**
   * The library's own kind of exception for a call that cannot be answered.
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
          exception = new SocketTimeoutException(step.message);
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
