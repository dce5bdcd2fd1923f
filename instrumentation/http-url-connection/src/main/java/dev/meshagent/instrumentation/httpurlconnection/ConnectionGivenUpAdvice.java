package dev.meshagent.instrumentation.httpurlconnection;

import net.bytebuddy.asm.Advice;

/** Where the library is done with a connection, or with what it read over it. */
public final class ConnectionGivenUpAdvice {
  private ConnectionGivenUpAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This Object client) {
    Hops.givenUp(client);
  }
}
