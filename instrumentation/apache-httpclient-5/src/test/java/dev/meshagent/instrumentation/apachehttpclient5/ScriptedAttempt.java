package dev.meshagent.instrumentation.apachehttpclient5;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import java.util.List;

/** An attempt whose policy the test writes down. */
final class ScriptedAttempt extends Attempt {
  HeaderOps requestHeaders = HeaderOps.NONE;
  HeaderOps responseHeaders = HeaderOps.NONE;
  String pathAndQuery;
  String authority;
  long hedgeAfterNanos = Long.MAX_VALUE;
  List<Attempt> mirrors = List.of();

  ScriptedAttempt(Endpoint endpoint, String address, int port, long timeoutNanos) {
    super(endpoint, address, port, null, 1, timeoutNanos);
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
  public long hedgeAfterNanos() {
    return hedgeAfterNanos;
  }

  @Override
  public List<Attempt> mirrors() {
    return mirrors;
  }
}
