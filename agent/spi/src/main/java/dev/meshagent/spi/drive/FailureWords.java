package dev.meshagent.spi.drive;

import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/**
 * Says in a library's own kinds of exception why a call cannot be answered; as it stands, in those
 * of the JDK. A library that has others overrides the methods that make them. Stateless.
 */
public class FailureWords {
  /**
   * The exception for a call that cannot be answered, with the engine's message.
   *
   * @param last how the last attempt failed, {@code NONE} if there was none
   */
  public final IOException exception(Step.Fail step, Failure last) {
    return caused(worded(step, last), step);
  }

  /** The same exception, with the step's cause if that has one. */
  private static IOException caused(IOException exception, Step.Fail step) {
    if (step.cause != null) {
      exception.initCause(step.cause);
    }
    return exception;
  }

  private IOException worded(Step.Fail step, Failure last) {
    switch (step.reason) {
      case NO_ENDPOINT:
      case NO_SUCH_PORT:
      case CONNECT_FAILED:
        if (last == Failure.CONNECT_TIMEOUT) {
          return connectTimeout(step.message);
        }
        return step.cause instanceof SSLException
            ? new SSLHandshakeException(step.message)
            : unconnected(step.message);
      case TIMEOUT:
        return timeout(step.message);
      default:
        return new IOException(step.message);
    }
  }

  /** No connection could be made. */
  protected IOException unconnected(String message) {
    return new ConnectException(message);
  }

  /** None was made in time. */
  protected IOException connectTimeout(String message) {
    return new SocketTimeoutException(message);
  }

  /** The answer did not come in time. */
  protected IOException timeout(String message) {
    return new SocketTimeoutException(message);
  }
}
