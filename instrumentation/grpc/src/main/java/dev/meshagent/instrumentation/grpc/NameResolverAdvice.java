package dev.meshagent.instrumentation.grpc;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * On {@code ManagedChannelImpl.getNameResolver}: puts the mesh before the resolver of a target that
 * may name a service.
 */
public final class NameResolverAdvice {
  private NameResolverAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit(
      @Advice.AllArguments Object[] arguments,
      @Advice.Return(typing = Assigner.Typing.DYNAMIC) Object resolver) {
    return MeshNameResolver.around(arguments, resolver);
  }
}
