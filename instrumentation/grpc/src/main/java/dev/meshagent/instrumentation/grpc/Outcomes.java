package dev.meshagent.instrumentation.grpc;

import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;

/** Says in the engine's words how streams end. */
final class Outcomes {
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
        ? Outcome.grpc(status.getCode().value(), Pushback.nanos(trailers))
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

  static long ceilMillis(long nanos) {
    return nanos / 1_000_000 + (nanos % 1_000_000 > 0 ? 1 : 0);
  }
}
