package dev.meshagent.instrumentation.httpurlconnection;

import net.bytebuddy.asm.Advice;

/** On {@code closeIdleConnection}, which looks for one to the same endpoint. */
public final class CloseIdleAdvice {
  private CloseIdleAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This Object client) {
    Hops.closingIdle(client);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit() {
    Hops.dialled();
  }
}
