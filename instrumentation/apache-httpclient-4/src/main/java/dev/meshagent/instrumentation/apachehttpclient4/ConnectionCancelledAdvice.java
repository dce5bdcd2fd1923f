package dev.meshagent.instrumentation.apachehttpclient4;

import net.bytebuddy.asm.Advice;

/**
 * On the method of the library's hold on a connection by which the application gives a body up:
 * told before the connection is closed, since who reads the body meanwhile sees it break.
 */
public final class ConnectionCancelledAdvice {
  private ConnectionCancelledAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This Object holder) {
    MeshExec.DELIVERIES.ended(holder);
  }
}
