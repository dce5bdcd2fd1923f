package dev.meshagent.instrumentation.jdkhttpclient;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * On {@code Exchange.ignoreBody()}: a redirect or an authentication round drops the body, of
 * whichever exchange it came over; the attempt ends with it.
 */
public final class IgnoreBodyAdvice {
  private IgnoreBodyAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static Object enter(@Advice.This Object exchange) {
    return Hops.ignoredInstead(exchange);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit(
      @Advice.This Object exchange,
      @Advice.Enter Object instead,
      @Advice.Return(typing = Assigner.Typing.DYNAMIC) Object ignored) {
    if (instead == null) {
      Hops.bodyIgnored(exchange, ignored);
    }
    return instead;
  }
}
