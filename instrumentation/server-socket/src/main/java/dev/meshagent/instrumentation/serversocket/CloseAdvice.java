package dev.meshagent.instrumentation.serversocket;

import dev.meshagent.spi.Listeners;
import net.bytebuddy.asm.Advice;

/** At enter of a close: whatever takes connections does so no longer. */
public final class CloseAdvice {
  private CloseAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This Object socket) {
    Listeners listeners = Accepting.listeners();
    if (listeners != null) {
      listeners.closed(socket);
    }
  }
}
