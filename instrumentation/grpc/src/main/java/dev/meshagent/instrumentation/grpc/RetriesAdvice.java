package dev.meshagent.instrumentation.grpc;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * On the constructor of {@code RetriableStream}: the retry policy that the mesh chose for the call,
 * which gRPC would else want in the call's options.
 */
public final class RetriesAdvice {
  private RetriesAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToArguments(
      @Advice.AssignReturned.ToArguments.ToArgument(value = 7, typing = Assigner.Typing.DYNAMIC))
  public static Object enter(
      @Advice.Argument(value = 5, typing = Assigner.Typing.DYNAMIC) Object callExecutor) {
    return Carrier.retryPolicyFor(callExecutor);
  }
}
