package dev.meshagent.instrumentation.jdkhttpclient;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * On {@code Exchange.remainingConnectTimeout()}: the shorter of the client's limit and the
 * policy's.
 */
public final class ConnectTimeoutAdvice {
  private ConnectTimeoutAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit(
      @Advice.This Object exchange,
      @Advice.Return(typing = Assigner.Typing.DYNAMIC) Object remaining) {
    return Hops.connectTimeout(exchange, remaining);
  }
}
