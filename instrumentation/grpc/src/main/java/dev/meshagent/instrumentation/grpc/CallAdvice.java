package dev.meshagent.instrumentation.grpc;

import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * On {@code ManagedChannelImpl.RealChannel.newClientCall}: makes the call itself while the
 * channel's name is a service's. gRPC's own way from a config selector to a call copies the call's
 * options three times.
 */
public final class CallAdvice {
  private CallAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static Object enter(
      @Advice.This Object realChannel,
      @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object method,
      @Advice.Argument(value = 1, typing = Assigner.Typing.DYNAMIC) Object options)
      throws Throwable {
    MeshConfigSelector selector = MeshConfigSelector.whole(realChannel);
    return selector == null
        ? null
        : selector.newCall((MethodDescriptor<?, ?>) method, (CallOptions) options);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit(@Advice.Enter Object call) {
    return call;
  }
}
