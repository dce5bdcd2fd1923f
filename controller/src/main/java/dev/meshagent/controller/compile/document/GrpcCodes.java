package dev.meshagent.controller.compile.document;

import java.util.List;
import java.util.OptionalInt;

/** The names of gRPC's status codes; grpc/doc/statuscodes.md. Stateless. */
public final class GrpcCodes {
  private static final List<String> NAMES =
      List.of(
          "OK",
          "CANCELLED",
          "UNKNOWN",
          "INVALID_ARGUMENT",
          "DEADLINE_EXCEEDED",
          "NOT_FOUND",
          "ALREADY_EXISTS",
          "PERMISSION_DENIED",
          "RESOURCE_EXHAUSTED",
          "FAILED_PRECONDITION",
          "ABORTED",
          "OUT_OF_RANGE",
          "UNIMPLEMENTED",
          "INTERNAL",
          "UNAVAILABLE",
          "DATA_LOSS",
          "UNAUTHENTICATED");

  private GrpcCodes() {}

  /** The code of a name or a number; empty if it is none. */
  public static OptionalInt of(String text) {
    int named = NAMES.indexOf(text);
    if (named >= 0) {
      return OptionalInt.of(named);
    }
    return text.matches("[0-9]|1[0-6]")
        ? OptionalInt.of(Integer.parseInt(text))
        : OptionalInt.empty();
  }
}
