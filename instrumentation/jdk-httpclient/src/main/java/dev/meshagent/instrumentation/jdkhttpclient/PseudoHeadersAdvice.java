package dev.meshagent.instrumentation.jdkhttpclient;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * On {@code Stream.createPseudoHeaders(HttpRequest)}: path and authority as an attempt sends them.
 */
public final class PseudoHeadersAdvice {
  private PseudoHeadersAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit(
      @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object request,
      @Advice.Return(typing = Assigner.Typing.DYNAMIC) Object headers) {
    return Hops.pseudoHeaders(request, headers);
  }
}
