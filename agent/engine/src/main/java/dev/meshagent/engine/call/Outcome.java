package dev.meshagent.engine.call;

/** How an attempt ended, in the words that the engine judges by. Immutable. */
public final class Outcome {

  /** How an attempt failed that got no response. */
  public enum Failure {
    /** A response came. */
    NONE,
    /** No connection was made (refused, unreachable, TLS handshake failed): nothing was sent. */
    CONNECT,
    /** The connect took longer than its timeout: nothing was sent. */
    CONNECT_TIMEOUT,
    /** The peer refused the stream without processing it (HTTP/2 REFUSED_STREAM, GOAWAY). */
    REFUSED_STREAM,
    /** The connection broke after the request may have been sent. */
    RESET,
    /** The attempt took longer than its timeout. */
    TIMEOUT,
    /** The application cancelled the attempt; it says nothing about the endpoint. */
    CANCELLED,
    /** Something else, which says nothing about the endpoint. */
    OTHER
  }

  public final Failure failure;

  /** The HTTP status, or 0 if no response came. */
  public final int status;

  /** The gRPC status code, or -1 where the call is not gRPC or none came. */
  public final int grpcStatus;

  /**
   * The value of Retry-After or of gRPC's pushback in ns, or -1 if the response has none; {@link
   * Long#MAX_VALUE} where a gRPC server pushes back for good.
   */
  public final long retryAfterNanos;

  /** The failure as the library saw it, or null. */
  public final Throwable cause;

  private Outcome(
      Failure failure, int status, int grpcStatus, long retryAfterNanos, Throwable cause) {
    this.failure = failure;
    this.status = status;
    this.grpcStatus = grpcStatus;
    this.retryAfterNanos = retryAfterNanos;
    this.cause = cause;
  }

  public static Outcome response(int status, long retryAfterNanos) {
    return new Outcome(Failure.NONE, status, -1, retryAfterNanos, null);
  }

  public static Outcome grpc(int grpcStatus, long pushbackNanos) {
    return new Outcome(Failure.NONE, 200, grpcStatus, pushbackNanos, null);
  }

  public static Outcome failure(Failure failure, Throwable cause) {
    return new Outcome(failure, 0, -1, -1, cause);
  }
}
