package dev.meshagent.instrumentation.serversocket;

import java.nio.channels.AsynchronousServerSocketChannel;
import net.bytebuddy.asm.Advice;

/** At enter of an asynchronous accept: the channel takes connections. */
public final class AsynchronousAcceptAdvice {
  private AsynchronousAcceptAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This AsynchronousServerSocketChannel channel) throws Exception {
    Accepting.channel(channel);
  }
}
