package dev.meshagent.instrumentation.httpurlconnection;

import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.drive.Distrust;
import dev.meshagent.spi.drive.FailureWords;
import dev.meshagent.spi.drive.RetryAfter;
import java.io.IOException;
import java.net.SocketTimeoutException;

/** Says in the engine's words how attempts end, and in the library's why a call fails. */
final class Outcomes {
  private static final FailureWords WORDS = new FailureWords();

  private Outcomes() {}

  static Outcome response(int status, Object head) throws Exception {
    return Outcome.response(status, RetryAfter.nanos(status, Heads.first(head, "Retry-After")));
  }

  /**
   * What a failure to connect, or to shake hands, says; a certificate that the application does not
   * accept says nothing.
   */
  static Failure connecting(Throwable thrown) {
    if (thrown instanceof SocketTimeoutException) {
      return Failure.CONNECT_TIMEOUT;
    }
    return Distrust.caused(thrown) || verifierRefused(thrown) ? Failure.OTHER : Failure.CONNECT;
  }

  /** Whether the application's own verifier refused the name, for which the JDK has no type. */
  private static boolean verifierRefused(Throwable thrown) {
    return String.valueOf(thrown.getMessage()).startsWith("HTTPS hostname wrong");
  }

  /** What a failure says when the request may have been sent. */
  static Failure receiving(Throwable thrown) {
    if (thrown instanceof SocketTimeoutException) {
      return Failure.TIMEOUT;
    }
    return thrown instanceof IOException ? Failure.RESET : Failure.OTHER;
  }

  /** See {@link FailureWords#exception}. */
  static IOException exception(Step.Fail step, Failure last) {
    return WORDS.exception(step, last);
  }
}
