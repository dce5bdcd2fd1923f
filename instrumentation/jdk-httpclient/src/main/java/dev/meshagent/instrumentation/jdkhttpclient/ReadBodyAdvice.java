package dev.meshagent.instrumentation.jdkhttpclient;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * On {@code Exchange.readBodyAsync(BodyHandler)}: gives the body of an answer that no server sent,
 * watches for the end of any other, and has a broken one replaced where nobody has seen it.
 */
public final class ReadBodyAdvice {
  private ReadBodyAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static Object enter(
      @Advice.This Object exchange,
      @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object handler) {
    return Hops.syntheticBody(exchange, handler);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit(
      @Advice.This Object exchange,
      @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object handler,
      @Advice.Enter Object synthetic,
      @Advice.Return(typing = Assigner.Typing.DYNAMIC) Object body) {
    Object held = Hops.bodyRead(exchange, handler, synthetic != null ? synthetic : body);
    return synthetic != null ? synthetic : held;
  }
}
