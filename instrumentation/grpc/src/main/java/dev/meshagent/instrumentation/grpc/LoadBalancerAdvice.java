package dev.meshagent.instrumentation.grpc;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * On {@code AutoConfiguredLoadBalancer}'s taking of addresses: those of a mesh service are balanced
 * by the mesh, whichever policy the channel names.
 */
public final class LoadBalancerAdvice {
  private LoadBalancerAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToArguments(
      @Advice.AssignReturned.ToArguments.ToArgument(value = 0, typing = Assigner.Typing.DYNAMIC))
  public static Object enter(
      @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object addresses) {
    return MeshLoadBalancerProvider.chosenFor(addresses);
  }
}
