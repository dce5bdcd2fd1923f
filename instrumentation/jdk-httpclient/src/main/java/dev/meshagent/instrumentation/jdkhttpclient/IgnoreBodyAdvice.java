package dev.meshagent.instrumentation.jdkhttpclient;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * On {@code Exchange.ignoreBody()}: a redirect or an authentication round drops the body; the
 * attempt ends with it.
 */
public final class IgnoreBodyAdvice {
  private IgnoreBodyAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit(
      @Advice.This Object exchange,
      @Advice.Return(typing = Assigner.Typing.DYNAMIC) Object ignored) {
    Hops.bodyIgnored(exchange, ignored);
  }
}
