package dev.meshagent.instrumentation.okhttp;

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
import java.net.UnknownHostException;
import java.util.Locale;
import javax.net.ssl.SSLHandshakeException;
import okhttp3.Response;

/** Says in the engine's words how OkHttp's attempts end, and the other way round. */
final class Outcomes {
  private static final FailureWords WORDS = new FailureWords();

  private Outcomes() {}

  static Outcome response(Response response) {
    return Outcome.response(
        response.code(),
        RetryAfter.nanos(response.code(), response.header("Retry-After")),
        // "h2" and "h2_prior_knowledge".
        response.protocol().toString().startsWith("h2"));
  }

  /** What a failure says of a call that was not given up. */
  static Failure failure(Exception failure) {
    if (!(failure instanceof IOException) || Distrust.caused(failure)) {
      return Failure.OTHER;
    }
    if (failure instanceof ConnectException
        || failure instanceof NoRouteToHostException
        || failure instanceof UnknownHostException
        || failure instanceof SSLHandshakeException) {
      return timedOut(failure) ? Failure.CONNECT_TIMEOUT : Failure.CONNECT;
    }
    if (failure instanceof SocketTimeoutException) {
      String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
      return message.contains("connect") ? Failure.CONNECT_TIMEOUT : Failure.TIMEOUT;
    }
    if (failure instanceof InterruptedIOException) {
      // OkHttp's timeout of the whole call, or an interrupt.
      return Failure.CANCELLED;
    }
    String type = failure.getClass().getName();
    if (type.equals("okhttp3.internal.http2.ConnectionShutdownException")
        || type.equals("okhttp3.internal.http2.StreamResetException")
            && String.valueOf(failure.getMessage()).contains("REFUSED_STREAM")) {
      return Failure.REFUSED_STREAM;
    }
    return Failure.RESET;
  }

  private static boolean timedOut(Exception failure) {
    return failure.getCause() instanceof SocketTimeoutException;
  }

  /** The library's own kind of exception for a call that cannot be answered. */
  static IOException exception(Step.Fail step, Failure last) {
    return WORDS.exception(step, last);
  }
}
