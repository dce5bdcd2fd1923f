package dev.meshagent.instrumentation.jdkhttpclient;

import net.bytebuddy.asm.Advice;

/**
 * On {@code MultiExchange.getExceptionalCF}: the exchange failed above us, such as in a response
 * filter, and nobody will read its body.
 */
public final class ExchangeFailedAdvice {
  private ExchangeFailedAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This Object multi) {
    Hops.failed(multi);
  }
}
