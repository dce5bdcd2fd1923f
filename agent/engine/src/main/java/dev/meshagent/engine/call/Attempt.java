package dev.meshagent.engine.call;

import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.EndpointTls;

/** Send the request to this endpoint, now. The fields are immutable; identity is the attempt. */
public abstract class Attempt extends Step {
  /** Which endpoint; its uid splits connection pools. */
  public final Endpoint endpoint;

  /** The IP literal to connect to. */
  public final String address;

  /** The TCP port to connect to. */
  public final int port;

  /** How to encrypt to the endpoint, or null to leave the scheme as it is. */
  public final EndpointTls tls;

  /** 1 for the first attempt of a call. */
  public final int number;

  /** How long this attempt may take, in ns; {@link Long#MAX_VALUE} for no limit. */
  public final long timeoutNanos;

  protected Attempt(
      Endpoint endpoint, String address, int port, EndpointTls tls, int number, long timeoutNanos) {
    super(Kind.ATTEMPT);
    this.endpoint = endpoint;
    this.address = address;
    this.port = port;
    this.tls = tls;
    this.number = number;
    this.timeoutNanos = timeoutNanos;
  }
}
