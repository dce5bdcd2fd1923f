package dev.meshagent.instrumentation.apachehttpclient4;

import net.bytebuddy.asm.Advice;

/** On the methods of the library's hold on a connection that end it: a body is at its end. */
public final class ConnectionGivenUpAdvice {
  private ConnectionGivenUpAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit(@Advice.This Object holder) {
    MeshExec.DELIVERIES.ended(holder);
  }
}
