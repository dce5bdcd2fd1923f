package dev.meshagent.instrumentation.jdkhttpclient;

import net.bytebuddy.asm.Advice;

/**
 * On {@code MultiExchange.handleNoBody}: the application's handler may fail on a response without a
 * body, and nobody hears of the exchange again.
 */
public final class HandleNoBodyAdvice {
  private HandleNoBodyAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit(@Advice.This Object multi, @Advice.Thrown Throwable thrown) {
    if (thrown != null) {
      Hops.failed(multi);
    }
  }
}
