package dev.meshagent.instrumentation.serversocket;

import java.nio.channels.ServerSocketChannel;
import net.bytebuddy.asm.Advice;

/** At enter of a channel's accept: the channel takes connections. */
public final class ChannelAcceptAdvice {
  private ChannelAcceptAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This ServerSocketChannel channel) throws Exception {
    Accepting.channel(channel);
  }
}
