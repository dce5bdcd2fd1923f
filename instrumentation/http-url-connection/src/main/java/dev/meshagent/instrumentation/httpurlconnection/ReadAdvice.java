package dev.meshagent.instrumentation.httpurlconnection;

import net.bytebuddy.asm.Advice;

/** On the body as the application reads it: whether it breaks off. */
public final class ReadAdvice {
  private ReadAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit(@Advice.This Object body, @Advice.Thrown Object thrown) throws Exception {
    if (thrown != null) {
      Hops.broken(body, (Throwable) thrown);
    }
  }
}
