package dev.meshagent.instrumentation.jdkhttpclient;

import net.bytebuddy.asm.Advice;

/**
 * On {@code Exchange.nullBody}: a response without a body is at its end; one that no server sent
 * has no connection to give back.
 */
public final class NullBodyAdvice {
  private NullBodyAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static boolean enter(@Advice.This Object exchange) {
    return Hops.noBody(exchange);
  }
}
