package dev.meshagent.instrumentation.jdkhttpclient;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * On the constructor of {@code HttpResponseImpl}: where the body is that of a later attempt, so is
 * the head.
 */
public final class ResponseHeadAdvice {
  private ResponseHeadAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToArguments(
      @Advice.AssignReturned.ToArguments.ToArgument(value = 1, typing = Assigner.Typing.DYNAMIC))
  public static Object enter(
      @Advice.Argument(value = 4, typing = Assigner.Typing.DYNAMIC) Object exchange) {
    return Hops.headOf(exchange);
  }
}
