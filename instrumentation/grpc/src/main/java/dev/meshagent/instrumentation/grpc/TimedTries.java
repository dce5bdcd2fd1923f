package dev.meshagent.instrumentation.grpc;

import io.grpc.ClientCall;
import io.grpc.Status;

/** What a call needs whose tries are bounded in time; few are. Thread-safe. */
final class TimedTries {
  /** gRPC's, to break it off where a single try cannot be. */
  final ClientCall<?, ?> call;

  /** How the last try was ended whose time was up, or null. */
  volatile Status end;

  TimedTries(ClientCall<?, ?> call) {
    this.call = call;
  }

  /** The end of the call in the words for the application. */
  Status worded(Status status) {
    Status last = end;
    return last != null && last.getDescription().equals(status.getDescription())
        ? Status.DEADLINE_EXCEEDED.withDescription(last.getDescription())
        : status;
  }
}
