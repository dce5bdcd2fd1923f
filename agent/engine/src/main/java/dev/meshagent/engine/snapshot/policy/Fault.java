package dev.meshagent.engine.snapshot.policy;

/** Trouble made on purpose: a delay, then an abort, each for a share of the calls. Immutable. */
public final class Fault extends Value {
  /** Of the calls, 0 to 100. */
  public final double delayPercent;

  public final long delayNanos;

  /** Of the calls, 0 to 100. */
  public final double abortPercent;

  /** The HTTP status of an aborted call, or 0. */
  public final int abortStatus;

  /** The gRPC status of an aborted call, or -1. */
  public final int abortGrpcStatus;

  public Fault(
      double delayPercent,
      long delayNanos,
      double abortPercent,
      int abortStatus,
      int abortGrpcStatus) {
    this.delayPercent = delayPercent;
    this.delayNanos = delayNanos;
    this.abortPercent = abortPercent;
    this.abortStatus = abortStatus;
    this.abortGrpcStatus = abortGrpcStatus;
  }

  @Override
  protected Object[] fields() {
    return new Object[] {delayPercent, delayNanos, abortPercent, abortStatus, abortGrpcStatus};
  }
}
