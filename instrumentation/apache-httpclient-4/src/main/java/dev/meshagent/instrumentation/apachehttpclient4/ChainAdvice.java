package dev.meshagent.instrumentation.apachehttpclient4;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** On the constructor of the protocol's link of the chain: wraps the link that connects. */
public final class ChainAdvice {
  private ChainAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToArguments(
      @Advice.AssignReturned.ToArguments.ToArgument(value = 0, typing = Assigner.Typing.DYNAMIC))
  public static Object enter(
      @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object main) {
    return MeshExec.around(main);
  }
}
