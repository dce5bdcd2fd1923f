package dev.meshagent.instrumentation.jdkhttpclient;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** On {@code Exchange.cancel(IOException)}: a timer ran out, or the application gave up. */
public final class CancelWithCauseAdvice {
  private CancelWithCauseAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(
      @Advice.This Object exchange,
      @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object cause) {
    Hops.cancelled(exchange, cause);
  }
}
