package dev.meshagent.engine.snapshot;

import java.util.Objects;

/**
 * How an endpoint is reached over mutual TLS: the port of its mTLS listener and the SPIFFE identity
 * that it must present. Immutable.
 */
public final class EndpointTls {
  public final int port;
  public final String identity;

  public EndpointTls(int port, String identity) {
    this.port = port;
    this.identity = Objects.requireNonNull(identity, "identity");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EndpointTls
        && ((EndpointTls) other).port == port
        && ((EndpointTls) other).identity.equals(identity);
  }

  @Override
  public int hashCode() {
    return 31 * port + identity.hashCode();
  }
}
