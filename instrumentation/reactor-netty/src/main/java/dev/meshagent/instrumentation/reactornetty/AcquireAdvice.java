package dev.meshagent.instrumentation.reactornetty;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** On {@code HttpConnectionProvider.acquire}: the exchange's way through the mesh. */
public final class AcquireAdvice {
  private AcquireAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static Object enter(
      @Advice.This Object provider,
      @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object config,
      @Advice.Argument(value = 1, typing = Assigner.Typing.DYNAMIC) Object observer,
      @Advice.Argument(value = 2, typing = Assigner.Typing.DYNAMIC) Object handler,
      @Advice.Argument(value = 3, typing = Assigner.Typing.DYNAMIC) Object resolver) {
    return Hops.acquire(provider, config, observer, handler, resolver);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit(@Advice.Enter Object acquiring) {
    return acquiring;
  }
}
