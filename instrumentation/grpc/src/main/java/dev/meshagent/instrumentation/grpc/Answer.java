package dev.meshagent.instrumentation.grpc;

import dev.meshagent.engine.call.Step;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.internal.GrpcUtil;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The end of a call that no server gave. Immutable. */
final class Answer {
  final Status status;
  final Metadata trailers;

  private Answer(Status status, Metadata trailers) {
    this.status = status;
    this.trailers = trailers;
  }

  /** What a client of gRPC makes of a response or a redirect. */
  static Answer of(Step step) {
    Metadata trailers = new Metadata();
    if (step.kind == Step.Kind.REDIRECT) {
      Step.Redirect redirect = (Step.Redirect) step;
      HeaderChanges.put(trailers, "location", redirect.location);
      return new Answer(GrpcUtil.httpStatusToGrpcStatus(redirect.status), trailers);
    }
    Step.Respond respond = (Step.Respond) step;
    String code = null;
    String message = null;
    for (Map.Entry<String, String> header : respond.headers.entrySet()) {
      String name = header.getKey();
      if (name.equalsIgnoreCase("grpc-status")) {
        code = header.getValue();
      } else if (name.equalsIgnoreCase("grpc-message")) {
        message = header.getValue();
      } else {
        HeaderChanges.put(trailers, name, header.getValue());
      }
    }
    if (code != null) {
      Status status = Status.fromCodeValue(Integer.parseInt(code));
      return new Answer(message == null ? status : status.withDescription(message), trailers);
    }
    Status status = GrpcUtil.httpStatusToGrpcStatus(respond.status);
    return new Answer(
        respond.body.length == 0
            ? status
            : status.augmentDescription(new String(respond.body, StandardCharsets.UTF_8)),
        trailers);
  }

  /** A failure in gRPC's terms, with the engine's message. */
  static Status status(Step.Fail fail) {
    Status status;
    switch (fail.reason) {
      case TIMEOUT:
        status = Status.DEADLINE_EXCEEDED;
        break;
      case ABORTED:
        status = Status.CANCELLED;
        break;
      default:
        status = Status.UNAVAILABLE;
        break;
    }
    return status.withDescription(fail.message).withCause(fail.cause);
  }

  /** True for a failure that a call which waits for ready waits out. */
  static boolean mayPass(Step.Fail.Reason reason) {
    return reason == Step.Fail.Reason.NO_ENDPOINT
        || reason == Step.Fail.Reason.NO_SUCH_PORT
        || reason == Step.Fail.Reason.CONNECT_FAILED;
  }
}
