package dev.meshagent.instrumentation.okhttp;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** On {@code pruneAndGetAllocationCount}, by which a pool asks whether a connection is in use. */
public final class IdleAdvice {
  private IdleAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit(
      @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object connection,
      @Advice.Return(typing = Assigner.Typing.DYNAMIC) Object uses) {
    return IdleConnections.uses(connection, uses);
  }
}
