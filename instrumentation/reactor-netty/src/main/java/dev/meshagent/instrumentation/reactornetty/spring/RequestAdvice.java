package dev.meshagent.instrumentation.reactornetty.spring;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** On the constructors of RestClient's request: a client that foretells this request's headers. */
public final class RequestAdvice {
  private RequestAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToArguments(
      @Advice.AssignReturned.ToArguments.ToArgument(value = 0, typing = Assigner.Typing.DYNAMIC))
  public static Object enter(
      @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object client)
      throws Exception {
    return Foretelling.copyOf(client);
  }
}
