package dev.meshagent.instrumentation.okhttp;

import java.net.ProtocolException;

/**
 * Stops a redirect that the library is about to follow to another host, so that it is sent as a hop
 * of its own. Never seen by the application: the interceptor that wraps the library's redirects
 * catches it. A ProtocolException, because that is the failure which every version gives up on at
 * once.
 */
final class HandOver extends ProtocolException {
  private static final long serialVersionUID = 1L;

  HandOver() {
    super("handed over to the next hop");
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
