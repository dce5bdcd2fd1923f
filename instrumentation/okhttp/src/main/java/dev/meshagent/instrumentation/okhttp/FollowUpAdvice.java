package dev.meshagent.instrumentation.okhttp;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * On {@code RetryAndFollowUpInterceptor.followUpRequest}: an authenticator sees the responses of
 * earlier hops too, and a redirect to another host is noticed.
 */
public final class FollowUpAdvice {
  private FollowUpAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToArguments(
      @Advice.AssignReturned.ToArguments.ToArgument(value = 0, typing = Assigner.Typing.DYNAMIC))
  public static Object enter(
      @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object response) {
    return Passages.withEarlierHops(response);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  public static void exit(
      @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object response,
      @Advice.Return(typing = Assigner.Typing.DYNAMIC) Object followUp) {
    Passages.followUp(response, followUp);
  }
}
