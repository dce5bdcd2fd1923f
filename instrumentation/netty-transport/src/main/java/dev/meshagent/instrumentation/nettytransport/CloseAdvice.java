package dev.meshagent.instrumentation.nettytransport;

import dev.meshagent.spi.Mesh;
import net.bytebuddy.asm.Advice;

/**
 * At enter of a channel's {@code doClose}: a server takes connections no longer. Netty closes on
 * the channel's own thread, which also bound it, so the two cannot cross.
 */
public final class CloseAdvice {
  private CloseAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This Object channel) {
    Mesh mesh = Mesh.get();
    if (mesh != null) {
      mesh.listeners().closed(channel);
    }
  }
}
