package dev.meshagent.instrumentation.apachehttpclient5;

import net.bytebuddy.asm.Advice;

/** On the methods of the classic runtime that give its connection up: a body is at its end. */
public final class ConnectionGivenUpAdvice {
  private ConnectionGivenUpAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit(@Advice.This Object runtime) {
    MeshExec.DELIVERIES.ended(runtime);
  }
}
