package dev.meshagent.instrumentation.jdkhttpclient;

import net.bytebuddy.asm.Advice;

/** On {@code Exchange.cancel()}: the application gave up. */
public final class CancelAdvice {
  private CancelAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This Object exchange) {
    Hops.cancelled(exchange, null);
  }
}
