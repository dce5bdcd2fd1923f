package dev.meshagent.instrumentation.okhttp;

import java.io.IOException;
import java.net.ProtocolException;

/**
 * How an attempt ends that was broken off on purpose, so that the library does not send it again.
 * Never seen by the application. A ProtocolException, because that is the failure which every
 * version gives up on at once.
 */
final class BrokenOff extends ProtocolException {
  private static final long serialVersionUID = 1L;

  /** What the library made of it. */
  final transient IOException failure;

  BrokenOff(IOException failure) {
    super("broken off");
    this.failure = failure;
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
