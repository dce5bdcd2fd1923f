package dev.meshagent.instrumentation.okhttp;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * On {@code ExchangeCodec.writeRequestHeaders}: the request as the mesh rewrites it. Changed here,
 * where it leaves, no response has it for its request, and nothing that the library makes of a
 * response does.
 */
public final class WireAdvice {
  private WireAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToArguments(
      @Advice.AssignReturned.ToArguments.ToArgument(value = 0, typing = Assigner.Typing.DYNAMIC))
  public static Object enter(
      @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object request) {
    return Passages.onTheWire(request);
  }
}
