package dev.meshagent.instrumentation.jdkhttpclient;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import java.net.InetSocketAddress;

/** An attempt that a policy asks more of than to be sent. */
final class PolicyAttempt extends Attempt {
  HeaderOps requestHeaders = HeaderOps.NONE;
  HeaderOps responseHeaders = HeaderOps.NONE;
  String pathAndQuery;
  String authority;
  long connectTimeoutNanos = Long.MAX_VALUE;

  private PolicyAttempt(Attempt plain) {
    super(plain.endpoint, plain.address, plain.port, null, 1, Long.MAX_VALUE);
  }

  static PolicyAttempt to(InetSocketAddress endpoint) {
    return new PolicyAttempt((Attempt) ScriptedMesh.attempt(endpoint));
  }

  @Override
  public HeaderOps requestHeaders() {
    return requestHeaders;
  }

  @Override
  public HeaderOps responseHeaders() {
    return responseHeaders;
  }

  @Override
  public String pathAndQuery() {
    return pathAndQuery;
  }

  @Override
  public String authority() {
    return authority;
  }

  @Override
  public long connectTimeoutNanos() {
    return connectTimeoutNanos;
  }
}
