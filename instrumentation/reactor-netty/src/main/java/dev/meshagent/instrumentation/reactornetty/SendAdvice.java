package dev.meshagent.instrumentation.reactornetty;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * On the handler's sending of the application's request over a connection: a copy of it, where that
 * is what the connection is for.
 */
public final class SendAdvice {
  private SendAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static Object enter(
      @Advice.This Object handler,
      @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object operations)
      throws Exception {
    return Hops.sendCopy(handler, operations);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit(@Advice.Enter Object sending) {
    return sending;
  }
}
