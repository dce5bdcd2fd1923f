package dev.meshagent.instrumentation.apachehttpclient4;

import net.bytebuddy.asm.Advice;

/**
 * On {@code ResponseEntityProxy.consumeContent}, the old way to give a body up, after which newer
 * versions do not close the hold on its connection.
 */
public final class BodyConsumedAdvice {
  private BodyConsumedAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit(@Advice.This Object body) throws Exception {
    Bodies.consumed(body);
  }
}
