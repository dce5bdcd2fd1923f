package dev.meshagent.engine.call;

import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import dev.meshagent.engine.snapshot.policy.RetryPolicy;
import java.util.Collections;
import java.util.List;

/**
 * Send the request to this endpoint, now. What is asked for often is a field; what only some
 * policies have is a method, so that an attempt without them costs nothing. Immutable; identity is
 * the attempt.
 */
public abstract class Attempt extends Step {
  /** Which endpoint; its uid splits connection pools. */
  public final Endpoint endpoint;

  /** The IP literal to connect to. */
  public final String address;

  /** The TCP port to connect to. */
  public final int port;

  /** 1 for the first attempt of a call. */
  public final int number;

  /** How long this attempt may take, in ns; {@link Long#MAX_VALUE} for no limit. */
  public final long timeoutNanos;

  protected Attempt(Endpoint endpoint, String address, int port, int number, long timeoutNanos) {
    super(Kind.ATTEMPT);
    this.endpoint = endpoint;
    this.address = address;
    this.port = port;
    this.number = number;
    this.timeoutNanos = timeoutNanos;
  }

  /** How long connecting may take, in ns; {@link Long#MAX_VALUE} for the library's own limit. */
  public long connectTimeoutNanos() {
    return Long.MAX_VALUE;
  }

  /** What is left of the time for the whole call, in ns; {@link Long#MAX_VALUE} for no limit. */
  public long callTimeoutNanos() {
    return Long.MAX_VALUE;
  }

  /** What is tried again, for a library that has to know before it sends. */
  public RetryPolicy retryPolicy() {
    return RetryPolicy.NEVER;
  }

  /** How long the connection may idle in a pool, in ns; MAX_VALUE for the library's own limit. */
  public long idleTimeoutNanos() {
    return Long.MAX_VALUE;
  }

  /**
   * If no outcome was told so long after the attempt began, in ns, ask {@link MeshCall#next()}
   * meanwhile: it may answer with a further attempt beside this one. {@link Long#MAX_VALUE} for
   * never.
   */
  public long hedgeAfterNanos() {
    return Long.MAX_VALUE;
  }

  /** What to change in the headers of the request. */
  public HeaderOps requestHeaders() {
    return HeaderOps.NONE;
  }

  /** Whether the request is sent otherwise than the application wrote it. */
  public final boolean rewrites() {
    return !requestHeaders().isEmpty() || pathAndQuery() != null || authority() != null;
  }

  /** What to change in the headers of the response before the application sees them. */
  public HeaderOps responseHeaders() {
    return HeaderOps.NONE;
  }

  /** The path and query to send instead of the application's, or null to leave them. */
  public String pathAndQuery() {
    return null;
  }

  /** The Host or {@code :authority} to send instead of the application's, or null to leave it. */
  public String authority() {
    return null;
  }

  /**
   * Copies to send aside, each without waiting and with its answer thrown away; each is finished
   * and released like any attempt. Empty but for the first attempt of a call.
   */
  public List<Attempt> mirrors() {
    return Collections.emptyList();
  }
}
