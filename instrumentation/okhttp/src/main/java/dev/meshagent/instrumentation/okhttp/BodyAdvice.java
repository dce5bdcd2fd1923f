package dev.meshagent.instrumentation.okhttp;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * On {@code Exchange.openResponseBody}: the body tells its end. Put around it here, the response
 * need not be made anew for that.
 */
public final class BodyAdvice {
  private BodyAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit(@Advice.Return(typing = Assigner.Typing.DYNAMIC) Object body) {
    return Passages.body(body);
  }
}
