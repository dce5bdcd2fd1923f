package dev.meshagent.instrumentation.apachehttpclient5;

import net.bytebuddy.asm.Advice;

/**
 * On {@code ResponseEntityProxy.streamAbort}, which the classic client calls when reading fails.
 */
public final class BodyBrokenAdvice {
  private BodyBrokenAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This Object body) throws Exception {
    Bodies.broken(body);
  }
}
