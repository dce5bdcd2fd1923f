package dev.meshagent.instrumentation.grpc;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * On {@code ManagedChannelImpl.RealChannel.updateConfigSelector}: puts the mesh's choice for each
 * call before the channel's, while the channel's name is a service's.
 */
public final class ConfigSelectorAdvice {
  private ConfigSelectorAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToArguments(
      @Advice.AssignReturned.ToArguments.ToArgument(value = 0, typing = Assigner.Typing.DYNAMIC))
  public static Object enter(
      @Advice.This Object realChannel,
      @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object given)
      throws ReflectiveOperationException {
    return MeshConfigSelector.before(realChannel, given);
  }
}
