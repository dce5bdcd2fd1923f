package dev.meshagent.instrumentation.apachehttpclient4;

import net.bytebuddy.asm.Advice;

/**
 * On {@code ResponseEntityProxy.streamAbort}, which the library calls when reading a body fails.
 */
public final class BodyBrokenAdvice {
  private BodyBrokenAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This Object body) throws Exception {
    Bodies.broken(body);
  }
}
