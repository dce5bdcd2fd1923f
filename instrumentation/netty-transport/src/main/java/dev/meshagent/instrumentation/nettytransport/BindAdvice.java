package dev.meshagent.instrumentation.nettytransport;

import dev.meshagent.spi.Listeners;
import dev.meshagent.spi.Mesh;
import java.net.InetSocketAddress;
import net.bytebuddy.asm.Advice;

/** At exit of a server channel's {@code doBind}: it listens. */
public final class BindAdvice {
  private BindAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  public static void exit(@Advice.This Object channel) throws Exception {
    Mesh mesh = Mesh.get();
    if (mesh == null) {
      return;
    }
    // By reflection, once a bind: Netty's types have another name where a library shades them.
    Object local = channel.getClass().getMethod("localAddress").invoke(channel);
    if (local instanceof InetSocketAddress) {
      Listeners listeners = mesh.listeners();
      listeners.accepting(channel, (InetSocketAddress) local);
    }
  }
}
