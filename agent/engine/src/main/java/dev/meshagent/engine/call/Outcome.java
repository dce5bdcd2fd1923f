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
    OTHER;

    /** True for those before which not a byte of the request left. */
    public boolean unsent() {
      return this == CONNECT || this == CONNECT_TIMEOUT;
    }
  }

  /** Above all statuses of HTTP. */
  private static final int STATUSES = 600;

  /**
   * The answers that ask for nothing, by status, made when first needed: nearly every call gets one
   * of a few. They are immutable, so it does no harm if two threads each make one.
   */
  private static final Outcome[] PLAIN = new Outcome[STATUSES];

  private static final Outcome[] PLAIN_MULTIPLEXED = new Outcome[STATUSES];

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

  /**
   * True for an answer over a connection that carries other requests at the same time: HTTP/2, and
   * so gRPC. A request that did not have its connection to itself does not count against {@code
   * maxConnections}, nor do those that follow it to the same endpoint.
   */
  public final boolean multiplexed;

  /** The failure as the library saw it, or null. */
  public final Throwable cause;

  /**
   * False where the application waits for no other attempt, since its own timeout passed or it gave
   * up: what happened is learned of the endpoint all the same, but the call ends with it.
   */
  public final boolean awaited;

  private Outcome(
      Failure failure,
      int status,
      int grpcStatus,
      long retryAfterNanos,
      boolean multiplexed,
      Throwable cause,
      boolean awaited) {
    this.failure = failure;
    this.status = status;
    this.grpcStatus = grpcStatus;
    this.retryAfterNanos = retryAfterNanos;
    this.multiplexed = multiplexed;
    this.cause = cause;
    this.awaited = awaited;
  }

  /** A response over HTTP/1. */
  public static Outcome response(int status, long retryAfterNanos) {
    return response(status, retryAfterNanos, false);
  }

  /**
   * A response. One without Retry-After costs nothing to say.
   *
   * @param multiplexed see {@link Outcome#multiplexed}
   */
  public static Outcome response(int status, long retryAfterNanos, boolean multiplexed) {
    if (retryAfterNanos != -1 || status < 0 || status >= STATUSES) {
      return new Outcome(Failure.NONE, status, -1, retryAfterNanos, multiplexed, null, true);
    }
    Outcome[] plain = multiplexed ? PLAIN_MULTIPLEXED : PLAIN;
    Outcome known = plain[status];
    if (known == null) {
      known = new Outcome(Failure.NONE, status, -1, -1, multiplexed, null, true);
      plain[status] = known;
    }
    return known;
  }

  public static Outcome grpc(int grpcStatus, long pushbackNanos) {
    return new Outcome(Failure.NONE, 200, grpcStatus, pushbackNanos, true, null, true);
  }

  public static Outcome failure(Failure failure, Throwable cause) {
    return new Outcome(failure, 0, -1, -1, false, cause, true);
  }

  /** A failure after which the application waits no longer, see {@link #awaited}. */
  public static Outcome last(Failure failure, Throwable cause) {
    return new Outcome(failure, 0, -1, -1, false, cause, false);
  }
}
