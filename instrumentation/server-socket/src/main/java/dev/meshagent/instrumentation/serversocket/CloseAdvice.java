package dev.meshagent.instrumentation.serversocket;

import dev.meshagent.spi.Listeners;
import net.bytebuddy.asm.Advice;

/**
 * Around a close: whatever takes connections does so no longer. Told at enter, so that callers stay
 * away early, and again at exit, for an accept loop that told of the socket in between.
 */
public final class CloseAdvice {
  private CloseAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This Object socket) {
    Listeners listeners = Accepting.listeners();
    if (listeners != null) {
      listeners.closed(socket);
    }
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit(@Advice.This Object socket) {
    enter(socket);
  }
}
