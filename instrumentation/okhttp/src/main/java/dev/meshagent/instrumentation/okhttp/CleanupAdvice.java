package dev.meshagent.instrumentation.okhttp;

import net.bytebuddy.asm.Advice;

/** On the method by which a pool looks for connections to close, from its beginning to its end. */
public final class CleanupAdvice {
  private CleanupAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static Object enter(@Advice.This Object pool) {
    return IdleConnections.begin(pool);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit(@Advice.Enter Object begun) {
    IdleConnections.end(begun);
  }
}
