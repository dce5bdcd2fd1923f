package dev.meshagent.instrumentation.grpc;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * On {@code newSubstream} of gRPC's retriable stream: shows the mesh each try's stream, so that it
 * can be ended alone.
 */
public final class SubstreamAdvice {
  private SubstreamAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  public static void exit(
      @Advice.This Object retriable,
      @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object headers,
      @Advice.Return(typing = Assigner.Typing.DYNAMIC) Object stream)
      throws Throwable {
    Carrier.opened(Channels.callExecutor(retriable), headers, stream);
  }
}
