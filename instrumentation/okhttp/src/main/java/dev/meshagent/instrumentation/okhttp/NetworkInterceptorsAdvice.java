package dev.meshagent.instrumentation.okhttp;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * On {@code OkHttpClient.networkInterceptors()}: one more, for a call that is building its chain.
 * Whoever else asks gets the list as it is.
 */
public final class NetworkInterceptorsAdvice {
  private NetworkInterceptorsAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit(
      @Advice.Return(typing = Assigner.Typing.DYNAMIC) Object networkInterceptors) {
    return Passages.networkInterceptors(networkInterceptors);
  }
}
