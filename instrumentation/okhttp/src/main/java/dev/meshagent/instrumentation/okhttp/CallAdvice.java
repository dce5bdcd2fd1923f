package dev.meshagent.instrumentation.okhttp;

import net.bytebuddy.asm.Advice;

/**
 * On {@code RealCall.getResponseWithInterceptorChain}: the thread is in a call until it returns.
 */
public final class CallAdvice {
  private CallAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static Object enter(@Advice.This Object call) {
    return Passages.begin(call);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit(@Advice.Enter Object passage) {
    Passages.end(passage);
  }
}
