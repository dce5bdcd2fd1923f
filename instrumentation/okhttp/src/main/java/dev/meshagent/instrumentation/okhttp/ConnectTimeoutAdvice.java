package dev.meshagent.instrumentation.okhttp;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * On a chain's {@code connectTimeoutMillis}: that of the running attempt, where it is shorter. To
 * set it would cost each call one more chain.
 */
public final class ConnectTimeoutAdvice {
  private ConnectTimeoutAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit() {
    return Passages.connectTimeoutMillis();
  }
}
