package dev.meshagent.instrumentation.httpurlconnection;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** On {@code KeepAliveCache.get}: idle connections are kept apart by endpoint. */
public final class PoolGetAdvice {
  private PoolGetAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToArguments(
      @Advice.AssignReturned.ToArguments.ToArgument(value = 0, typing = Assigner.Typing.DYNAMIC))
  public static Object enter() {
    return Hops.poolKey();
  }
}
