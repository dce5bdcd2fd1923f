package dev.meshagent.engine.snapshot.policy;

/** gRPC's status codes as far as decisions hang on them; grpc/doc/statuscodes.md. */
public final class GrpcStatus {
  public static final int OK = 0;
  public static final int CANCELLED = 1;
  public static final int UNKNOWN = 2;
  public static final int DEADLINE_EXCEEDED = 4;
  public static final int RESOURCE_EXHAUSTED = 8;
  public static final int ABORTED = 10;
  public static final int UNIMPLEMENTED = 12;
  public static final int INTERNAL = 13;
  public static final int UNAVAILABLE = 14;
  public static final int DATA_LOSS = 15;

  private GrpcStatus() {}

  /** The HTTP status that says the same, as Envoy's outlier detection maps it. */
  public static int toHttp(int code) {
    switch (code) {
      case OK:
        return 200;
      case CANCELLED:
        return 499;
      case 3: // INVALID_ARGUMENT
      case 9: // FAILED_PRECONDITION
      case 11: // OUT_OF_RANGE
        return 400;
      case DEADLINE_EXCEEDED:
        return 504;
      case 5: // NOT_FOUND
        return 404;
      case 6: // ALREADY_EXISTS
      case ABORTED:
        return 409;
      case 7: // PERMISSION_DENIED
        return 403;
      case RESOURCE_EXHAUSTED:
        return 429;
      case UNIMPLEMENTED:
        return 501;
      case UNAVAILABLE:
        return 503;
      case 16: // UNAUTHENTICATED
        return 401;
      default: // UNKNOWN, INTERNAL, DATA_LOSS and whatever comes
        return 500;
    }
  }
}
