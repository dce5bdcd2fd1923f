package dev.meshagent.instrumentation.okhttp;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * On {@code CallServerInterceptor.intercept}, which sends the request over a connection: an attempt
 * that may be broken off learns its exchange. An interceptor of ours in this place would cost each
 * call one more chain.
 */
public final class ExchangeAdvice {
  private ExchangeAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(
      @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object chain) {
    Passages.sends(chain);
  }
}
