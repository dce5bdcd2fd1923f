package dev.meshagent.instrumentation.okhttp;

import net.bytebuddy.asm.Advice;

/** On {@code RealCall.cancel}: a hedge that answers the call is cancelled with it. */
public final class CancelAdvice {
  private CancelAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  public static void exit(@Advice.This Object call) {
    TakenOver.cancelled(call);
  }
}
