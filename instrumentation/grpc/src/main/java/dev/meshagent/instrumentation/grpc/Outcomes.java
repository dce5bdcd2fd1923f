package dev.meshagent.instrumentation.grpc;

import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Says in the engine's words how streams end, and in gRPC's what becomes of them. */
final class Outcomes {
  /** gRFC A6: ms to wait before the next attempt; negative for none. */
  private static final Metadata.Key<String> PUSHBACK =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  private static final Outcome OK = Outcome.grpc(Status.Code.OK.value(), -1);

  private Outcomes() {}

  /** A stream that was answered well. */
  static Outcome ok() {
    return OK;
  }

  /**
   * What the end of a stream says.
   *
   * @param trailers of the server, or null if none came
   * @param meshTimeout true if the mesh has bounded the time of the call
   */
  static Outcome of(Status status, Metadata trailers, boolean meshTimeout) {
    if (status.isOk()) {
      return OK;
    }
    return trailers != null
        ? Outcome.grpc(status.getCode().value(), pushbackNanos(trailers))
        : Outcome.failure(failure(status, meshTimeout), status.asException());
  }

  private static Failure failure(Status status, boolean meshTimeout) {
    switch (status.getCode()) {
      case CANCELLED:
        return Failure.CANCELLED;
      case DEADLINE_EXCEEDED:
        // The application's own deadline says nothing about the endpoint.
        return meshTimeout ? Failure.TIMEOUT : Failure.CANCELLED;
      case UNAVAILABLE:
        return refused(status.getDescription()) ? Failure.REFUSED_STREAM : Failure.RESET;
      default:
        // Netty's says UNKNOWN where the connection broke just when a stream was written.
        return status.getCause() instanceof IOException ? Failure.RESET : Failure.OTHER;
    }
  }

  /** How the transports name a stream that the peer has not looked at. */
  private static boolean refused(String description) {
    return description != null
        && (description.contains("REFUSED_STREAM") || description.contains("closed unsent stream"));
  }

  private static long pushbackNanos(Metadata trailers) {
    String millis = trailers.get(PUSHBACK);
    if (millis == null) {
      return -1;
    }
    try {
      int value = Integer.parseInt(millis);
      return value < 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(value);
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  /**
   * Writes what gRPC reads of trailers before it retries.
   *
   * @param millis null for nothing
   * @return what was written there before
   */
  static String pushBack(Metadata trailers, String millis) {
    String before = trailers.get(PUSHBACK);
    trailers.discardAll(PUSHBACK);
    if (millis != null) {
      trailers.put(PUSHBACK, millis);
    }
    return before;
  }

  static long ceilMillis(long nanos) {
    return nanos / 1_000_000 + (nanos % 1_000_000 > 0 ? 1 : 0);
  }
}
