package dev.meshagent.instrumentation.serversocket;

import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import net.bytebuddy.asm.Advice;

/** Where a selector takes over a channel's interest in accepting: the channel takes connections. */
public final class ChannelInterestAdvice {
  private ChannelInterestAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This ServerSocketChannel channel, @Advice.Argument(0) int ops)
      throws Exception {
    if ((ops & SelectionKey.OP_ACCEPT) != 0) {
      Accepting.channel(channel);
    }
  }
}
