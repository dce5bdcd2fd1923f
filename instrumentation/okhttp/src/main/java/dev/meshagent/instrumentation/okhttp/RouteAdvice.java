package dev.meshagent.instrumentation.okhttp;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** On the constructor of {@code Route}: the endpoint's own port, where the route is direct. */
public final class RouteAdvice {
  private RouteAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToArguments(
      @Advice.AssignReturned.ToArguments.ToArgument(value = 2, typing = Assigner.Typing.DYNAMIC))
  public static Object enter(
      @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object address,
      @Advice.Argument(value = 1, typing = Assigner.Typing.DYNAMIC) Object proxy) {
    return EndpointDns.socketAddress(address, proxy);
  }
}
