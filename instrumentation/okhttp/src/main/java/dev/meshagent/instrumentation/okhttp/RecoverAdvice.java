package dev.meshagent.instrumentation.okhttp;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * On {@code RetryAndFollowUpInterceptor.recover}, by which OkHttp decides to send a request again:
 * an attempt that was broken off on purpose is over.
 */
public final class RecoverAdvice {
  private RecoverAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit() {
    return Passages.isOver();
  }
}
