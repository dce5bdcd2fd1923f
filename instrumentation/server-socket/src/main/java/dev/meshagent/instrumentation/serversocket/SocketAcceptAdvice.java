package dev.meshagent.instrumentation.serversocket;

import java.net.ServerSocket;
import net.bytebuddy.asm.Advice;

/** At enter of a blocking accept: the socket takes connections. */
public final class SocketAcceptAdvice {
  private SocketAcceptAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This ServerSocket socket) throws Exception {
    Accepting.socket(socket);
  }
}
