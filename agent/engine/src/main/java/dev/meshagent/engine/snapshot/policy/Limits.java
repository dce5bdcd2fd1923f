package dev.meshagent.engine.snapshot.policy;

/** How much may be under way at once from this process to one service or subset. Immutable. */
public final class Limits extends Value {
  /** Envoy's default for the number of requests that may wait. */
  public static final int DEFAULT_PENDING = 1024;

  public static final Limits NONE = new Limits(0, 0, DEFAULT_PENDING, 0, 0, 0);

  /**
   * Connections in use; 0 for no limit. A request over HTTP/1 uses one as long as it is under way;
   * requests over HTTP/2 share theirs, and are limited by {@link #maxRequests} alone.
   */
  public final int maxConnections;

  /** Requests under way; 0 for no limit. */
  public final int maxRequests;

  /** Requests that wait for a place; what comes beyond fails at once. */
  public final int maxPending;

  /** Retries under way; 0 for no limit beyond the budget. */
  public final int maxRetries;

  /** For a connection to be made, in ns; 0 for the library's own. */
  public final long connectTimeoutNanos;

  /** How long a connection may idle in a pool, in ns; 0 for the library's own. */
  public final long idleTimeoutNanos;

  public Limits(
      int maxConnections,
      int maxRequests,
      int maxPending,
      int maxRetries,
      long connectTimeoutNanos,
      long idleTimeoutNanos) {
    this.maxConnections = maxConnections;
    this.maxRequests = maxRequests;
    this.maxPending = maxPending;
    this.maxRetries = maxRetries;
    this.connectTimeoutNanos = connectTimeoutNanos;
    this.idleTimeoutNanos = idleTimeoutNanos;
  }

  @Override
  protected Object[] fields() {
    return new Object[] {
      maxConnections, maxRequests, maxPending, maxRetries, connectTimeoutNanos, idleTimeoutNanos
    };
  }
}
