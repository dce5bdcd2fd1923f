package dev.meshagent.instrumentation.jdkhttpclient;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * On {@code readBodyAsync} of an HTTP/1.1 or HTTP/2 exchange: sees a body that goes on after its
 * future is complete to its end.
 */
public final class BodyHandlerAdvice {
  private BodyHandlerAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToArguments(
      @Advice.AssignReturned.ToArguments.ToArgument(value = 0, typing = Assigner.Typing.DYNAMIC))
  public static Object enter(
      @Advice.This Object exchangeImpl,
      @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object handler) {
    return Hops.watched(exchangeImpl, handler);
  }
}
