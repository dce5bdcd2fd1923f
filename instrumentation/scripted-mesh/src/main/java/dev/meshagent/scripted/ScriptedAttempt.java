package dev.meshagent.scripted;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import dev.meshagent.engine.snapshot.policy.RetryPolicy;
import java.util.List;

/** An attempt whose policy the test writes down. */
public final class ScriptedAttempt extends Attempt {
  public HeaderOps requestHeaders = HeaderOps.NONE;
  public HeaderOps responseHeaders = HeaderOps.NONE;
  public String pathAndQuery;
  public String authority;
  public long hedgeAfterNanos = Long.MAX_VALUE;
  public List<Attempt> mirrors = List.of();
  public long connectTimeoutNanos = Long.MAX_VALUE;
  public RetryPolicy retryPolicy = RetryPolicy.NEVER;

  /** What asking for the headers of the request throws, as an error of the agent's; or null. */
  public RuntimeException broken;

  /** What asking for the headers of the response throws, as an error of the agent's; or null. */
  public RuntimeException brokenAnswer;

  /** What asking how long connecting may take throws, as an error of the agent's; or null. */
  public LinkageError unlinked;

  ScriptedAttempt(Endpoint endpoint, String address, int port, long timeoutNanos) {
    super(endpoint, address, port, 1, timeoutNanos);
  }

  @Override
  public HeaderOps requestHeaders() {
    if (broken != null) {
      throw broken;
    }
    return requestHeaders;
  }

  @Override
  public HeaderOps responseHeaders() {
    if (brokenAnswer != null) {
      throw brokenAnswer;
    }
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
  public RetryPolicy retryPolicy() {
    return retryPolicy;
  }

  @Override
  public long connectTimeoutNanos() {
    if (unlinked != null) {
      throw unlinked;
    }
    return connectTimeoutNanos;
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
