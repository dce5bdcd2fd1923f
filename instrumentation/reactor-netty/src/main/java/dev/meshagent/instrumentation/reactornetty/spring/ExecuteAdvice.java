package dev.meshagent.instrumentation.reactornetty.spring;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** On the sending of RestClient's request, when its headers are complete. */
public final class ExecuteAdvice {
  private ExecuteAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(
      @Advice.This Object request,
      @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object headers)
      throws Exception {
    Foretelling.complete(request, headers);
  }
}
