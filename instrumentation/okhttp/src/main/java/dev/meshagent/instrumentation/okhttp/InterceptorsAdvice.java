package dev.meshagent.instrumentation.okhttp;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * On {@code OkHttpClient.interceptors()}: one more, for a call that is building its chain. Whoever
 * else asks gets the list as it is.
 */
public final class InterceptorsAdvice {
  private InterceptorsAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit(
      @Advice.This Object client,
      @Advice.Return(typing = Assigner.Typing.DYNAMIC) Object interceptors) {
    return Passages.interceptors(client, interceptors);
  }
}
