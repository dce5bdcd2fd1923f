package dev.meshagent.instrumentation.httpurlconnection;

import net.bytebuddy.asm.Advice;

/** On {@code disconnect}, by which another thread breaks off what is under way. */
public final class DisconnectAdvice {
  private DisconnectAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This Object connection) throws Exception {
    Hops.disconnect(connection);
  }
}
