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
      @Advice.This Object provider, @Advice.AllArguments Object[] arguments) {
    return Hops.acquire(provider, arguments);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit(@Advice.Enter Object acquiring) {
    return acquiring;
  }
}
