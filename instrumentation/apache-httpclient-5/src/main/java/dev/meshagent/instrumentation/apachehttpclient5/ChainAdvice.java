package dev.meshagent.instrumentation.apachehttpclient5;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** On the constructor of a link of the classic chain: wraps the handler that connects. */
public final class ChainAdvice {
  private ChainAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToArguments(
      @Advice.AssignReturned.ToArguments.ToArgument(value = 0, typing = Assigner.Typing.DYNAMIC))
  public static Object enter(
      @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object handler) {
    return MeshExec.around(handler);
  }
}
