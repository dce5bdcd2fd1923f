package dev.meshagent.instrumentation.okhttp;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * On {@code ExchangeCodec.openResponseBodySource}: the body tells its end. Put around it here,
 * where it comes from the connection, neither the response nor the body's buffer need be made anew.
 */
public final class BodyAdvice {
  private BodyAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit(@Advice.Return(typing = Assigner.Typing.DYNAMIC) Object source) {
    return Passages.body(source);
  }
}
